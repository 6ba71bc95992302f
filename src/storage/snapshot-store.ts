import type { Log } from '../base/log.js'
import { Serial } from '../base/serial.js'
import { UserError } from '../base/user-error.js'
import { replaceFile } from './atomic-file.js'
import { type SnapshotPart, type SnapshotSize, snapshotDirectories } from './directory-snapshot.js'
import type { Disk } from './disk.js'
import { makeDirectoryDurably, syncTree } from './durable-directory.js'

const INFO_FILE = 'snapshot.json'
const UNFINISHED = '.part'
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** What is known of a broker when it is copied. */
export interface SnapshotOrigin {
  readonly takenAtMs: number
  /** klog's. */
  readonly version: string
  readonly clusterId: string
  readonly nodeId: number
  /** Where the copied directories lay; relative ones are below the broker's home. The last may be the metadata's alone. */
  readonly directories: readonly string[]
  /** How many of them hold topics. */
  readonly dataDirectories: number
  /** What the broker was started with, by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>
  /** Of a cluster its brokers, one for each of `directories`; a single broker has none. */
  readonly brokers?: readonly SnapshotBroker[]
}

export interface SnapshotBroker {
  readonly id: number
  /** Where its clients came. */
  readonly port: number
  /** Where the other nodes came; null without a vote. */
  readonly controllerPort: number | null
}

export interface SnapshotInfo extends SnapshotOrigin, SnapshotSize {
  readonly name: string
}

/** Copies of a whole broker, each in a directory of its name. */
export class SnapshotStore {
  readonly #turns = new Serial()

  constructor(
    readonly disk: Disk,
    /** Absolute. */
    readonly path: string,
    readonly log: Log,
  ) {}

  /** @throws UserError for a name that cannot be, or is taken */
  save(name: string, origin: SnapshotOrigin, parts: readonly SnapshotPart[]): Promise<SnapshotInfo> {
    return this.#turns.run(() => this.#save(name, origin, parts))
  }

  /** The oldest first. */
  list(): SnapshotInfo[] {
    return (this.disk.list(this.path) ?? [])
      .flatMap((name) => this.#read(name) ?? [])
      .sort((a, b) => a.takenAtMs - b.takenAtMs || (a.name < b.name ? -1 : 1))
  }

  has(name: string): boolean {
    return this.#read(checkedName(name)) !== null
  }

  /** @throws UserError where there is none of that name */
  find(name: string): SnapshotInfo {
    const info = this.#read(checkedName(name))
    if (info !== null) return info
    const names = this.list().map((each) => each.name)
    throw new UserError(
      `there is no snapshot ${name}`,
      names.length === 0 ? 'Take one: klog snap save NAME' : `There are: ${names.join(', ')}`,
    )
  }

  /** Where the copies of a snapshot's directories lie, in their order. */
  directoriesOf({ name, directories }: SnapshotInfo): string[] {
    return directories.map((_, at) => `${this.path}/${name}/${at}`)
  }

  /** @throws UserError where there is none of that name */
  async delete(name: string): Promise<SnapshotInfo> {
    const info = this.find(name)
    const doomed = `${this.path}/.${name}${UNFINISHED}`
    await this.disk.removeTree(doomed)
    this.disk.rename(`${this.path}/${name}`, doomed)
    await this.disk.removeTree(doomed)
    return info
  }

  async #save(name: string, origin: SnapshotOrigin, parts: readonly SnapshotPart[]): Promise<SnapshotInfo> {
    const { disk, path, log } = this
    const target = `${path}/${checkedName(name)}`
    if (disk.stat(target) !== null) {
      throw new UserError(`there is a snapshot ${name} already`, `Choose another name, or: klog snap delete ${name}`)
    }
    const part = `${path}/.${name}${UNFINISHED}`
    makeDirectoryDurably(disk, path)
    await disk.removeTree(part)
    disk.makeDirectory(part)
    try {
      const size = await snapshotDirectories(parts, part, disk, log)
      const info: SnapshotInfo = { name, ...origin, ...size }
      replaceFile(disk, `${part}/${INFO_FILE}`, Buffer.from(`${JSON.stringify(info, null, 2)}\n`), false)
      await syncTree(disk, part)
      disk.rename(part, target)
      disk.syncDirectory(path)
      return info
    } catch (error) {
      await disk.removeTree(part)
      throw error
    }
  }

  #read(name: string): SnapshotInfo | null {
    const bytes = NAME.test(name) ? this.disk.readFile(`${this.path}/${name}/${INFO_FILE}`) : null
    if (bytes === null) return null
    const info = parse(bytes)
    // A directory that somebody has renamed is a snapshot of its new name.
    return info === null ? null : { ...info, name }
  }
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new UserError(
    `'${name}' cannot be the name of a snapshot`,
    'Letters, digits, dots, dashes and underscores, at most 64, and a letter or digit first.',
  )
}

function parse(bytes: Buffer): SnapshotInfo | null {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Partial<SnapshotInfo> | null
    const numbers = [value?.takenAtMs, value?.nodeId, value?.dataDirectories, value?.partitions, value?.sizeBytes]
    const { directories, settings, brokers } = value ?? {}
    const isSound =
      numbers.every(Number.isSafeInteger) &&
      Array.isArray(directories) &&
      directories.every((each) => typeof each === 'string') &&
      typeof settings === 'object' &&
      (brokers === undefined || (Array.isArray(brokers) && brokers.length === directories.length))
    return isSound ? (value as SnapshotInfo) : null
  } catch {
    return null
  }
}
