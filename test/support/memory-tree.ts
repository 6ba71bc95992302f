import { basename, dirname } from 'node:path'

/** A file's content, and what of it is on the device for certain. */
export class MemoryFile {
  bytes: Buffer = Buffer.alloc(0)
  sizeBytes = 0
  synced: Buffer = Buffer.alloc(0)

  constructor(public modifiedMs: number) {}

  /** A view. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.sizeBytes)
  }

  sync(): void {
    this.synced = Buffer.from(this.content)
  }

  resize(sizeBytes: number): void {
    this.#reserve(sizeBytes)
    if (sizeBytes > this.sizeBytes) this.bytes.fill(0, this.sizeBytes, sizeBytes)
    this.sizeBytes = sizeBytes
  }

  write(bytes: Buffer, position: number): void {
    if (position + bytes.length > this.sizeBytes) this.resize(position + bytes.length)
    bytes.copy(this.bytes, position)
  }

  /** The same, all of it on the device. */
  static holding(content: Buffer, modifiedMs: number): MemoryFile {
    const file = new MemoryFile(modifiedMs)
    file.bytes = Buffer.from(content)
    file.sizeBytes = content.length
    file.synced = file.bytes
    return file
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.bytes.length) return
    const grown = Buffer.alloc(Math.max(sizeBytes, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.sizeBytes)
    this.bytes = grown
  }
}

export type MemoryNode = MemoryFile | MemoryDirectory

/** What a power failure leaves: of a file, given what is on the device for certain and what was written; and how many of the
 * changes of a directory's names that are not on the device have got there all the same. */
export interface Remains {
  content(synced: Buffer, written: Buffer): Buffer
  names(unsyncedChanges: number): number
}

/** Names, and those that are on the device for certain: changes get there in the order in which they were made. */
export class MemoryDirectory {
  readonly #entries = new Map<string, MemoryNode>()
  #synced = new Map<string, MemoryNode>()
  #changes: { readonly name: string; readonly node: MemoryNode | null; readonly isHalf?: boolean }[] = []

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  get(name: string): MemoryNode | undefined {
    return this.#entries.get(name)
  }

  set(name: string, node: MemoryNode): void {
    this.#entries.set(name, node)
    this.#changes.push({ name, node })
  }

  delete(name: string): void {
    if (this.#entries.delete(name)) this.#changes.push({ name, node: null })
  }

  /** Another name for what has one: no power failure leaves it without either. */
  rename(from: string, to: string, node: MemoryNode): void {
    this.#entries.delete(from)
    this.#changes.push({ name: from, node: null, isHalf: true })
    this.set(to, node)
  }

  sync(): void {
    if (this.#changes.length === 0) return
    this.#synced = new Map(this.#entries)
    this.#changes = []
  }

  /** A copy in which everything is on the device. */
  left(remains: Remains, files = new Map<MemoryFile, MemoryFile>()): MemoryDirectory {
    const names = new Map(this.#synced)
    for (const { name, node } of this.#first(remains.names(this.#changes.length))) {
      if (node === null) names.delete(name)
      else names.set(name, node)
    }
    const copy = new MemoryDirectory()
    for (const [name, node] of names) {
      if (node instanceof MemoryDirectory) copy.set(name, node.left(remains, files))
      else {
        // A file may have several names.
        const file = files.get(node) ?? MemoryFile.holding(remains.content(node.synced, node.content), node.modifiedMs)
        files.set(node, file)
        copy.set(name, file)
      }
    }
    copy.sync()
    return copy
  }

  #first(count: number) {
    return this.#changes.slice(0, this.#changes[count - 1]?.isHalf ? count - 1 : count)
  }

  find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this
    for (const name of path.split('/')) {
      if (name === '') continue
      if (!(node instanceof MemoryDirectory)) return undefined
      node = node.get(name)
    }
    return node
  }

  /** The directory that a path's last name lies in, and that name. */
  place(path: string): { directory: MemoryDirectory; name: string } | null {
    const directory = this.find(dirname(path))
    return directory instanceof MemoryDirectory ? { directory, name: basename(path) } : null
  }

  make(path: string): MemoryDirectory {
    let directory: MemoryDirectory = this
    for (const name of path.split('/')) {
      if (name === '') continue
      let next = directory.get(name)
      if (next instanceof MemoryFile) throw new Error(`${path}: ${name} is a file`)
      if (next === undefined) {
        next = new MemoryDirectory()
        directory.set(name, next)
      }
      directory = next
    }
    return directory
  }

  *files(path = ''): Iterable<[string, MemoryFile]> {
    for (const [name, node] of this.#entries) {
      if (node instanceof MemoryFile) yield [`${path}/${name}`, node]
      else yield* node.files(`${path}/${name}`)
    }
  }
}
