import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../base/user-error.js'
import { MARK } from './scripts.js'

export interface Written {
  readonly written: readonly string[]
  /** Files of these names that somebody else wrote: they were left alone. */
  readonly foreign: readonly string[]
}

/**
 * Writes `scripts` (text by file name) into `directory`, which is made if need be.
 * @throws UserError when it cannot be written to.
 */
export function writeShims(directory: string, scripts: ReadonlyMap<string, string>): Written {
  return told(directory, () => {
    mkdirSync(directory, { recursive: true })
    const isForeign = (name: string): boolean => existsSync(join(directory, name)) && !isOurs(join(directory, name))
    const foreign = [...scripts.keys()].filter(isForeign)
    const written = [...scripts.keys()].filter((name) => !foreign.includes(name))
    for (const name of written) {
      writeFileSync(join(directory, name), scripts.get(name)!)
      chmodSync(join(directory, name), 0o755)
    }
    return { written, foreign }
  })
}

/**
 * Takes away what writeShims wrote into `directory`, also with another version of klog; returns the names.
 * @throws UserError when it cannot be read or written to.
 */
export function removeShims(directory: string): string[] {
  if (!existsSync(directory)) return []
  return told(directory, () => {
    const ours = readdirSync(directory).filter((name) => name.startsWith('kafka-') && isOurs(join(directory, name)))
    for (const name of ours) rmSync(join(directory, name))
    return ours
  })
}

/** The mark stands in the second line of every script. */
function isOurs(path: string): boolean {
  const isSmallFile = statSync(path).isFile() && statSync(path).size < 64 * 1024
  return isSmallFile && (readFileSync(path, 'utf8').split(/\r?\n/)[1] ?? '').endsWith(MARK)
}

function told<T>(directory: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new UserError(
      `cannot use ${directory}: ${(error as Error).message}`,
      'Give a directory of your own: klog shims DIR',
    )
  }
}
