import type { Uuid } from '../bytes/uuid.js'
import { applyRecord } from './apply-record.js'
import type { BrokerImage, ControllerImage, PartitionImage, TopicImage } from './image.js'
import { configKey, ImageDraft } from './image-draft.js'
import type { MetadataRecord } from './records.js'
import type { ResourceType } from './resource-type.js'

const NO_CONFIGS: ReadonlyMap<string, string> = new Map()

/** The parts of an image; each is a value that is never changed, and is shared by the images that have it in common. */
export interface ImageParts {
  readonly brokers: ReadonlyMap<number, BrokerImage>
  readonly controllers: ReadonlyMap<number, ControllerImage>
  readonly topicsByName: ReadonlyMap<string, TopicImage>
  readonly topicsById: ReadonlyMap<Uuid, TopicImage>
  /** By `configKey`. */
  readonly configs: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Finalized levels; a feature at level 0 is absent. */
  readonly features: ReadonlyMap<string, number>
  readonly nextProducerId: bigint
  /** Records of subjects that live elsewhere, such as ACLs and quotas, by what they are about. */
  readonly others: ReadonlyMap<string, MetadataRecord>
}

const EMPTY: ImageParts = {
  brokers: new Map(),
  controllers: new Map(),
  topicsByName: new Map(),
  topicsById: new Map(),
  configs: new Map(),
  features: new Map(),
  nextProducerId: 0n,
  others: new Map(),
}

/** The whole metadata of the cluster at one offset of the metadata log. */
export class MetadataImage {
  static readonly empty = new MetadataImage(EMPTY, -1, -1)

  constructor(
    readonly parts: ImageParts,
    /** Of the last record in it; -1 before the first. */
    readonly offset: number,
    /** Leader epoch of the metadata log when that record was written. */
    readonly epoch: number,
  ) {}

  get brokers(): ReadonlyMap<number, BrokerImage> {
    return this.parts.brokers
  }

  get controllers(): ReadonlyMap<number, ControllerImage> {
    return this.parts.controllers
  }

  get features(): ReadonlyMap<string, number> {
    return this.parts.features
  }

  get nextProducerId(): bigint {
    return this.parts.nextProducerId
  }

  topic(name: string): TopicImage | null {
    return this.parts.topicsByName.get(name) ?? null
  }

  topicById(id: Uuid): TopicImage | null {
    return this.parts.topicsById.get(id) ?? null
  }

  topics(): Iterable<TopicImage> {
    return this.parts.topicsByName.values()
  }

  get topicCount(): number {
    return this.parts.topicsByName.size
  }

  partition(topic: string, index: number): PartitionImage | null {
    return this.topic(topic)?.partitions[index] ?? null
  }

  /** What was set for the resource itself; nothing of its defaults. */
  configs(type: ResourceType, name: string): ReadonlyMap<string, string> {
    return this.parts.configs.get(configKey(type, name)) ?? NO_CONFIGS
  }

  /** Names of the resources of a type for which something is set. */
  configuredNames(type: ResourceType): string[] {
    const prefix = configKey(type, '')
    return [...this.parts.configs.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  }

  /** This image with `records` applied; `at` is the place of the last one. This one stays as it is. */
  apply(records: Iterable<MetadataRecord>, at: { readonly offset: number; readonly epoch: number }): MetadataImage {
    const draft = new ImageDraft(this.parts)
    for (const record of records) applyRecord(draft, record)
    return new MetadataImage(draft.parts, at.offset, at.epoch)
  }
}
