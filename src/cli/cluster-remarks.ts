import type { Address } from '../client/bootstrap.js'
import { type ErrorCode, errorName } from '../protocol/errors.js'
import { note, type ToolIo } from './tool.js'

/** Auto-creation takes a moment: that a topic is missing is worth a word only when it stays so. */
const GRACE_MS = 1000

/** Tells a person, once each, what keeps a command that runs on and on from going forward. */
export class ClusterRemarks {
  readonly #io: Pick<ToolIo, 'stderr' | 'clock'>
  readonly #said = new Set<string>()
  readonly #seenAtMs = new Map<string, number>()

  constructor(io: Pick<ToolIo, 'stderr' | 'clock'>) {
    this.#io = io
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
      if (now - firstMs >= GRACE_MS) this.#say(text)
    }
  }

  #say(text: string): void {
    if (!this.#said.has(text)) note(this.#io, text)
    this.#said.add(text)
  }
}
