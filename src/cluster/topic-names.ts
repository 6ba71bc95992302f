import type { MetadataImage } from './metadata-image.js'

export const METADATA_TOPIC = '__cluster_metadata'
const INTERNAL: ReadonlySet<string> = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/** Whether Kafka keeps the topic for itself. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name)
}

/** Who has a name that differs from another only in dots and underscores: metric names would be the same for both. */
export class NameCollisions {
  /** By what is left when dots are underscores. Made when first asked for, as most names have neither. */
  #names: Map<string, string> | null = null

  constructor(readonly image: MetadataImage) {}

  /** A topic that is there, or was added, and that `name` collides with; null where none is. */
  with(name: string): string | null {
    if (!/[._]/.test(name)) return null
    if (this.#names === null) {
      this.#names = new Map()
      for (const topic of this.image.topics()) this.add(topic.name)
    }
    const other = this.#names.get(flatten(name)) ?? null
    return other === name ? null : other
  }

  add(name: string): void {
    const flattened = flatten(name)
    if (this.#names !== null && !this.#names.has(flattened)) this.#names.set(flattened, name)
  }
}

function flatten(name: string): string {
  return name.replaceAll('.', '_')
}
