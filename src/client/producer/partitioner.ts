import type { Random } from '../../base/random.js'
import { murmur2 } from '../../bytes/murmur2.js'
import type { LedTopic } from '../topic-leaders.js'
import type { ProducerConfig } from './config.js'

/**
 * Chooses partitions as Kafka's Java producer: the key's hash over all of them; without a key one partition until a batch's
 * worth of bytes went there, then another at random that has a leader.
 */
export class Partitioner {
  readonly #config: ProducerConfig
  readonly #random: Random
  #sticky = -1
  #stickyBytes = 0
  #turn = 0

  constructor(config: ProducerConfig, random: Random) {
    this.#config = config
    this.#random = random
  }

  choose(key: Buffer | null, bytes: number, topic: LedTopic): number {
    if (this.#config.isRoundRobin) return this.#next(topic)
    if (key !== null && !this.#config.ignoresKeys) return (murmur2(key) & 0x7fffffff) % topic.leaders.length
    if (this.#sticky < 0 || this.#stickyBytes >= this.#config.batchBytes || this.#sticky >= topic.leaders.length) {
      this.#sticky = this.#another(topic)
      this.#stickyBytes = 0
    }
    this.#stickyBytes += bytes
    return this.#sticky
  }

  #next(topic: LedTopic): number {
    const choice = available(topic)
    return choice[this.#turn++ % choice.length]!
  }

  #another(topic: LedTopic): number {
    const all = available(topic)
    const others = all.length > 1 ? all.filter((partition) => partition !== this.#sticky) : all
    return others[this.#random.int(others.length)]!
  }
}

/** Partitions with a leader; all of them when none has one. */
function available(topic: LedTopic): number[] {
  const all = [...topic.leaders.keys()]
  const led = all.filter((partition) => topic.leaders[partition]! >= 0)
  return led.length > 0 ? led : all
}
