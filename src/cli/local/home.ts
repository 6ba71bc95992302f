import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where one local broker keeps its things: `KLOG_HOME`, or `.klog` in the user's home directory. */
export interface Home {
  readonly directory: string
  /** Who runs here, and where it answers. */
  readonly stateFile: string
  readonly logFile: string
  readonly dataDirectory: string
  /** Settings that hold for every start, if the person wrote such a file. */
  readonly propertiesFile: string
  /** Copies of the whole broker, each in a directory of its name. */
  readonly snapshotDirectory: string
  /** There while a copy is being put into the place of the data. */
  readonly restoreJournal: string
}

export function homeOf(env: NodeJS.ProcessEnv): Home {
  const directory = resolve(env.KLOG_HOME || join(homedir(), '.klog'))
  return {
    directory,
    stateFile: join(directory, 'broker.json'),
    logFile: join(directory, 'broker.log'),
    dataDirectory: join(directory, 'data'),
    propertiesFile: join(directory, 'server.properties'),
    snapshotDirectory: join(directory, 'snapshots'),
    restoreJournal: join(directory, 'restore.json'),
  }
}

/** Makes the directory where it is missing, for nobody else to look into: records may be anything. */
export function makeHome({ directory }: Home): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}
