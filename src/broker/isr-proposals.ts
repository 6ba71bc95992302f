import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Uuid } from '../bytes/uuid.js'
import { RECOVERED } from '../cluster/leader-state.js'
import { ErrorCode, errorName } from '../protocol/errors.js'
import type { ControllerClient } from './controller-client.js'

/** Before the controller is asked again. */
const BACKOFF_MS = 50

/** Who a leader thinks is in sync, and what it knew when it thought so. */
export interface IsrProposal {
  readonly topicId: Uuid
  readonly partition: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly isr: readonly { readonly brokerId: number; readonly brokerEpoch: number }[]
  readonly leaderRecoveryState: number
}

export type IsrOutcome =
  | {
      readonly type: 'taken'
      readonly isr: readonly number[]
      readonly partitionEpoch: number
      readonly leaderRecoveryState: number
    }
  /** Everything stays as it was. */
  | { readonly type: 'refused' }
  /** The controller knows better: the metadata will tell. */
  | { readonly type: 'outdated' }

export interface IsrProposalsOptions {
  readonly controller: Pick<ControllerClient, 'alterPartition'>
  readonly clock: Clock
  readonly log: Log
}

interface Waiting {
  readonly proposal: IsrProposal
  readonly settle: (outcome: IsrOutcome) => void
}

const OUTDATED: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.INVALID_UPDATE_VERSION,
  ErrorCode.INVALID_REQUEST,
  ErrorCode.NEW_LEADER_ELECTED,
])
const REFUSED: ReadonlySet<ErrorCode> = new Set([ErrorCode.INELIGIBLE_REPLICA, ErrorCode.OPERATION_NOT_ATTEMPTED])

/** Takes what the leaders of this broker propose to the controller: one request at a time, with all that has gathered meanwhile. */
export class IsrProposals {
  readonly #options: IsrProposalsOptions
  /** By partition: a newer one takes the place of one that has not been sent. */
  readonly #waiting = new Map<string, Waiting>()
  #isUnderWay = false
  #pause: Timer | null = null
  #isClosed = false

  constructor(options: IsrProposalsOptions) {
    this.#options = options
  }

  submit(proposal: IsrProposal, settle: (outcome: IsrOutcome) => void): void {
    this.#waiting.set(keyOf(proposal), { proposal, settle })
    // What is found in the same tick goes together.
    queueMicrotask(() => this.#send())
  }

  close(): void {
    this.#isClosed = true
    this.#pause?.cancel()
    this.#waiting.clear()
  }

  #send(): void {
    if (this.#isUnderWay || this.#pause !== null || this.#isClosed || this.#waiting.size === 0) return
    const sent = new Map(this.#waiting)
    this.#waiting.clear()
    this.#isUnderWay = true
    this.#ask(sent).then(
      (isAnswered) => this.#goOn(isAnswered),
      (error: Error) => {
        this.#options.log.debug(`No controller takes what leaders propose: ${error.message}`)
        for (const waiting of sent.values()) this.#again(waiting)
        this.#goOn(false)
      },
    )
  }

  #goOn(isAnswered: boolean): void {
    this.#isUnderWay = false
    if (this.#isClosed) return
    if (isAnswered) {
      this.#send()
      return
    }
    this.#pause = this.#options.clock.after(BACKOFF_MS, () => {
      this.#pause = null
      this.#send()
    })
  }

  /** False where some are to be asked again. */
  async #ask(sent: ReadonlyMap<string, Waiting>): Promise<boolean> {
    const { controller, log } = this.#options
    const response = await controller.alterPartition(topicsOf(sent.values()))
    if (this.#isClosed) return true
    let isAnswered = true
    const answers = new Map<string, (typeof response.topics)[number]['partitions'][number]>(
      response.topics.flatMap(({ topicId, partitions }) =>
        partitions.map((partition) => [`${topicId} ${partition.partitionIndex}`, partition] as const),
      ),
    )
    for (const [key, waiting] of sent) {
      const answer = answers.get(key)
      const errorCode = response.errorCode || (answer?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR)
      if (errorCode === ErrorCode.NONE) {
        const { isr, partitionEpoch, leaderRecoveryState = RECOVERED } = answer!
        waiting.settle({ type: 'taken', isr, partitionEpoch, leaderRecoveryState })
      } else if (REFUSED.has(errorCode)) waiting.settle({ type: 'refused' })
      else if (OUTDATED.has(errorCode)) waiting.settle({ type: 'outdated' })
      else {
        isAnswered = false
        this.#again(waiting)
      }
      if (errorCode !== ErrorCode.NONE) log.debug(`The in-sync replicas of ${key} stay: ${errorName(errorCode)}`)
    }
    return isAnswered
  }

  #again(waiting: Waiting): void {
    const key = keyOf(waiting.proposal)
    if (!this.#waiting.has(key)) this.#waiting.set(key, waiting)
  }
}

function keyOf({ topicId, partition }: IsrProposal): string {
  return `${topicId} ${partition}`
}

function topicsOf(sent: Iterable<Waiting>): Parameters<ControllerClient['alterPartition']>[0] {
  const topics = new Map<Uuid, ReturnType<typeof asked>[]>()
  for (const { proposal } of sent) {
    const known = topics.get(proposal.topicId)
    if (known === undefined) topics.set(proposal.topicId, [asked(proposal)])
    else known.push(asked(proposal))
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }))
}

function asked({ partition, leaderEpoch, partitionEpoch, isr, leaderRecoveryState }: IsrProposal) {
  const newIsrWithEpochs = [...isr]
  return {
    partitionIndex: partition,
    leaderEpoch,
    newIsr: [] as number[],
    newIsrWithEpochs,
    leaderRecoveryState,
    partitionEpoch,
  }
}
