import { type Admin, Kafka, logLevel } from 'kafkajs'

/** A JVM that starts on a busy machine is the slowest that is waited for. */
const PATIENCE_MS = 90_000
const LOOK_AGAIN_MS = 100
const ANSWER_MS_MAX = 3000
/** Finding a coordinator takes it a second try. */
const RETRY = { retries: 2, initialRetryTime: 50 }

export interface Standing {
  readonly leader: number
  readonly isr: readonly number[]
}

/** Topics as a broker of the cluster tells them. */
export class Lookout {
  /** By topic and partition. @returns null where it cannot be told now */
  async standings(from: string, topics: readonly string[]): Promise<ReadonlyMap<string, Standing[]> | null> {
    return ask(from, async (admin) => {
      const told = await admin.fetchTopicMetadata({ topics: [...topics] })
      return new Map(
        told.topics.map(({ name, partitions }) => [
          name,
          partitions
            .sort((a, b) => a.partitionId - b.partitionId)
            .map(({ leader, isr }) => ({ leader, isr: [...isr].sort() })),
        ]),
      )
    })
  }

  /** Where consumers find the end of each partition. */
  async ends(from: string, topic: string): Promise<number[] | null> {
    const ends = await ask(from, (admin) => admin.fetchTopicOffsets(topic))
    return ends?.sort((a, b) => a.partition - b.partition).map(({ high }) => Number(high)) ?? null
  }

  async committed(from: string, group: string, topic: string): Promise<number[] | null> {
    const told = await ask(from, (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }))
    return told?.[0]?.partitions.sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset)) ?? null
  }

  /** Looks until something is found. @param explain what stands there instead, for who waits in vain */
  async until<T>(what: string, look: () => Promise<T | null | false>, explain: () => string = () => ''): Promise<T> {
    const giveUpAt = Date.now() + PATIENCE_MS
    for (;;) {
      const found = await look()
      if (found !== null && found !== false) return found
      if (Date.now() > giveUpAt) throw new Error(`${what} did not come about\n${explain()}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
  }
}

async function ask<T>(from: string, question: (admin: Admin) => Promise<T>): Promise<T | null> {
  const timeouts = { connectionTimeout: ANSWER_MS_MAX, requestTimeout: ANSWER_MS_MAX, enforceRequestTimeout: true }
  const admin = new Kafka({ brokers: [from], logLevel: logLevel.NOTHING, retry: RETRY, ...timeouts }).admin()
  try {
    await admin.connect()
    return await question(admin)
  } catch {
    return null
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
