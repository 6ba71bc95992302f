import { clientQuotasOf } from '../cluster/client-quotas.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { QuotaEntity } from '../protocol/configs/quota-entity.js'
import { MutationQuota, RateQuota } from '../security/quota.js'
import { type QuotaLimit, QuotaTable } from '../security/quota-table.js'
import type { QuotaWindows } from '../security/windowed-rate.js'
import type { BrokerConfig } from './broker-config.js'

/** The quotas of users and client ids as this broker holds them to it. */
export class ClientQuotas {
  /** Bytes a second of Produce requests. */
  readonly produce: RateQuota
  /** Bytes a second of Fetch answers. */
  readonly fetch: RateQuota
  /** Percent of the time of the thread that does the work. */
  readonly request: RateQuota
  readonly mutation: MutationQuota
  /** False while nobody has a quota: the one thing that is asked for each request. */
  isActive = false
  #records: MetadataImage['parts']['others'] | null = null

  constructor(config: BrokerConfig) {
    const windows = quotaWindows(config)
    this.produce = new RateQuota(windows)
    this.fetch = new RateQuota(windows)
    // Whoever is over it is held back for a window at most, and looked at again.
    this.request = new RateQuota(windows, windows.sizeMs)
    this.mutation = new MutationQuota({
      count: config.int('controller.quota.window.num'),
      sizeMs: config.int('controller.quota.window.size.seconds') * 1000,
    })
  }

  /** Takes over what is set; to be called with every image. */
  follow(image: MetadataImage): void {
    if (image.parts.others === this.#records) return
    this.#records = image.parts.others
    const limits = clientQuotasOf(image)
    const tableOf = (key: string): QuotaTable =>
      new QuotaTable(limits.flatMap(({ entity, values }) => limitOf(entity, values.get(key))))
    this.produce.table = tableOf('producer_byte_rate')
    this.fetch.table = tableOf('consumer_byte_rate')
    this.request.table = tableOf('request_percentage')
    this.mutation.table = tableOf('controller_mutation_rate')
    const all = [this.produce, this.fetch, this.request, this.mutation]
    this.isActive = all.some((quota) => quota.isActive)
  }
}

/** Over how long bytes, time and connections are looked at. */
export function quotaWindows(config: BrokerConfig): QuotaWindows {
  return { count: config.int('quota.window.num'), sizeMs: config.int('quota.window.size.seconds') * 1000 }
}

function limitOf(entity: QuotaEntity, limit: number | undefined): QuotaLimit[] {
  if (limit === undefined || entity.has('ip')) return []
  return [{ user: entity.get('user'), clientId: entity.get('client-id'), limit }]
}
