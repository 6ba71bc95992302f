import type { Address } from '../client/bootstrap.js'
import type { ClusterClient } from '../client/cluster-client.js'
import { ErrorCode, errorName } from '../protocol/errors.js'
import { note, type ToolIo } from './tool.js'

/** Auto-creation takes a moment: that a topic is missing is worth a word only when it stays so. */
const GRACE_MS = 1000

/** Tells a person, once each, what keeps a command that runs on and on from going forward. */
export class ClusterRemarks {
  readonly #io: Pick<ToolIo, 'stderr' | 'clock'>
  readonly #said = new Set<string>()
  readonly #seenAtMs = new Map<string, number>()
  #client: ClusterClient | null = null

  constructor(io: Pick<ToolIo, 'stderr' | 'clock'>) {
    this.#io = io
  }

  /** Whom to ask which topic may have been meant. */
  askingOf(client: ClusterClient): void {
    this.#client = client
  }

  unreachable({ host, port }: Address): void {
    this.#say(`nothing answers at ${host}:${port}; trying again`)
  }

  topicIssues(issues: ReadonlyMap<string, ErrorCode>): void {
    const now = this.#io.clock.monotonicMs()
    for (const [topic, code] of issues) {
      const text = `the brokers say of topic '${topic}': ${errorName(code)}; asking again`
      const firstMs = this.#seenAtMs.get(text) ?? now
      this.#seenAtMs.set(text, firstMs)
      if (now - firstMs < GRACE_MS || !this.#say(text)) continue
      if (code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) void this.#suggest(topic)
    }
  }

  /** By then the tool may have ended, and its client with it. */
  async #suggest(topic: string): Promise<void> {
    if (this.#client === null) return
    const { suggestTopic } = await import('./suggest.js')
    await suggestTopic(this.#client, topic, this.#io).catch(() => {})
  }

  /** False when that was said before. */
  #say(text: string): boolean {
    if (this.#said.has(text)) return false
    this.#said.add(text)
    note(this.#io, text)
    return true
  }
}
