import { type Asker, Effects, type Write } from '../../src/coordination/effects.js'
import { errorName } from '../../src/protocol/errors.js'
import { addPartitions, verifyPartitions } from '../../src/transaction/add-partitions.js'
import { describeTransaction } from '../../src/transaction/describe.js'
import type { Markers, OwnEffect, TimerId, TransactionEffects } from '../../src/transaction/effects.js'
import { type EndTransactionAnswer, endTransaction } from '../../src/transaction/end-transaction.js'
import { expireIds } from '../../src/transaction/expiry.js'
import { type InitProducerIdAnswer, initProducerId } from '../../src/transaction/init-producer-id.js'
import { listTransactions, unknownStates } from '../../src/transaction/list.js'
import { completionTimeout, markersWritten } from '../../src/transaction/markers.js'
import type { TopicPartition } from '../../src/transaction/partition-set.js'
import { parseRecord } from '../../src/transaction/records.js'
import { loaded, replay, unload } from '../../src/transaction/replay.js'
import { abortTimedOut } from '../../src/transaction/timeouts.js'
import { Transactions, type Turn } from '../../src/transaction/transactions.js'

const DEFAULTS = {
  timeoutMsMax: 900_000,
  idExpirationMs: 604_800_000,
  isTwoPhaseCommitEnabled: false,
  transactionVersion: 2,
}

interface LoggedRecord {
  key: Buffer
  value: Buffer | null
}
interface HeldWrite {
  write: Write<TimerId, OwnEffect>
  isSettled: boolean
}
type Allocation = Extract<OwnEffect, { type: 'allocate producer id' }>
type Options = Record<string, string>
type Named = { readonly name: string }

/**
 * A coordinator without a broker, driven by lines such as `init p id=t` or `wait 3000`: time passes when it is told to. Records are
 * committed, markers written and ids allocated at once, unless `hold`, `hold-markers` or `hold-ids` is said.
 */
export class TransactionScript {
  readonly config = { ...DEFAULTS }
  readonly log: LoggedRecord[] = []
  /** Markers under way, in the order of their sending. */
  markers: Markers[] = []
  transactions = new Transactions(this.config, 1)
  now = 0
  nextProducerId = 1000n
  held: HeldWrite[] | null = null
  heldIds: Allocation[] | null = null
  #areMarkersHeld = false
  #out: string[] = []
  readonly #timers = new Map<string, number>()

  readonly #commands: Record<string, (who: string, o: Options) => void> = {
    config: (_, o) => void Object.assign(this.config, Object.fromEntries(Object.entries(o).map(([k, v]) => [k, +v]))),
    init: (who, o) =>
      this.turn((turn) => {
        const event = {
          transactionalId: o.id ?? '',
          timeoutMs: Number(o.timeout ?? 60_000),
          producerId: BigInt(o.pid ?? -1),
          producerEpoch: Number(o.epoch ?? -1),
          enable2Pc: o['2pc'] === 'yes',
          keepPreparedTxn: o.keep === 'yes',
        }
        initProducerId(turn, event, asker<InitProducerIdAnswer>(who))
      }),
    add: (who, o) =>
      this.turn((turn) => {
        addPartitions(turn, { ...producer(o), partitions: places(o.to), isVersion2: o.v !== '1' }, asker<number>(who))
      }),
    verify: (who, o) => {
      const errors = verifyPartitions(this.transactions, { ...producer(o), partitions: places(o.in) })
      this.#out.push(`${who} <- ${errors.map(codeText).join(', ')}`)
    },
    commit: (who, o) => this.#end(who, o, true),
    abort: (who, o) => this.#end(who, o, false),
    'abort-timed-out': () => this.turn(abortTimedOut),
    expire: () => this.turn(expireIds),
    describe: (id) => this.#describe(id),
    list: (_, o) => this.#list(o),
    hold: () => {
      this.held ??= []
    },
    late: (code) => this.#settleLate(Number(code)),
    written: () => this.settleAll(0),
    failed: (code) => this.settleAll(Number(code)),
    'hold-markers': () => {
      this.#areMarkersHeld = true
    },
    'markers-written': (_, o) => this.#markersWritten(o),
    'hold-ids': () => {
      this.heldIds ??= []
    },
    'ids-allocated': () => this.allocateAll(null),
    'ids-refused': (code) => this.allocateAll(Number(code)),
    'with-epoch': (_, o) => this.#withEpoch(o),
    wait: (ms) => this.wait(Number(ms)),
    restart: () => this.restart(),
    unload: () => this.turn(unload),
    timers: () => void this.#out.push([...this.#timers].map(([id, at]) => `${at} ${id}`).join('\n') || 'none'),
  }

  run(line: string): string {
    this.#out = []
    const [command, ...rest] = line.split(' ')
    const who = rest[0]?.includes('=') ? '' : (rest.shift() ?? '')
    this.#commands[command!]!(who, Object.fromEntries(rest.map((word) => word.split(/=(.*)/s).slice(0, 2))))
    return this.#out.filter((output) => output !== '').join('\n')
  }

  turn(act: (turn: Turn) => void): void {
    const effects: TransactionEffects = new Effects()
    act({ transactions: this.transactions, now: this.now, effects })
    this.#carryOut(effects)
  }

  /** Whatever is held is committed, or refused with a code. */
  settleAll(error: number): void {
    const held = this.held ?? []
    this.held = null
    for (const write of held) this.#settle(write, error)
  }

  /** Whoever waits for an id gets one, or an error. */
  allocateAll(error: number | null): void {
    const held = this.heldIds ?? []
    this.heldIds = null
    for (const allocation of held) this.#allocate(allocation, error)
  }

  /** Another coordinator takes over with what is in the log. */
  restart(): void {
    this.#timers.clear()
    this.held = null
    this.heldIds = null
    this.markers = []
    this.transactions = new Transactions(this.config, this.transactions.coordinatorEpoch + 1)
    for (const record of this.log) replay(this.transactions, record)
    this.turn(loaded)
  }

  wait(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a[1] - b[1])[0]
      if (next === undefined || next[1] > until) break
      this.now = next[1]
      this.#timers.delete(next[0])
      this.#out.push(`at ${this.now}:`)
      this.turn((turn) => completionTimeout(turn, next[0]))
    }
    this.now = until
  }

  #carryOut({ list }: TransactionEffects): void {
    for (const effect of list) {
      if (effect.type === 'reply') this.#out.push(`${(effect.to as Named).name} <- ${answerText(effect.answer)}`)
      else if (effect.type === 'set timer') this.#setTimer(effect.timer, this.now + effect.delayMs)
      else if (effect.type === 'cancel timer') this.#timers.delete(effect.timer.transactionalId)
      else if (effect.type === 'log') this.#out.push(`  ${effect.level}: ${effect.message}`)
      else if (effect.type === 'write') {
        this.#out.push(...effect.write.records.map((record) => `  log: ${recordText(record)}`))
        const held = { write: effect.write, isSettled: false }
        if (this.held === null) this.#settle(held, 0)
        else this.held.push(held)
      } else if (effect.own.type === 'send markers') this.#send(effect.own.markers)
      else if (this.heldIds !== null) this.heldIds.push(effect.own)
      else this.#allocate(effect.own, null)
    }
  }

  #allocate({ proceed }: Allocation, error: number | null): void {
    this.turn((turn) => proceed(turn, error ?? this.nextProducerId++))
  }

  #setTimer({ transactionalId }: TimerId, at: number): void {
    this.#timers.set(transactionalId, at)
  }

  #settle({ write, isSettled }: HeldWrite, error: number): void {
    const effects: TransactionEffects = new Effects()
    const outcome = { now: this.now, effects }
    if (error === 0) {
      const first = this.log.length
      this.log.push(...write.records)
      write.apply?.(first, outcome)
    } else write.drop?.(outcome)
    if (!isSettled) write.settle?.(error, outcome)
    this.#carryOut(effects)
  }

  /** Those who wait for the log are told that it takes too long. */
  #settleLate(error: number): void {
    for (const held of this.held ?? []) {
      held.isSettled = true
      const effects: TransactionEffects = new Effects()
      held.write.settle?.(error, { now: this.now, effects })
      this.#carryOut(effects)
    }
  }

  #send(markers: Markers): void {
    const { transactionalId, producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion } = markers
    const kind = `${isCommit ? 'commit' : 'abort'} of ${transactionalId} ${producerId}/${producerEpoch}`
    const where = markers.partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(' ')
    this.#out.push(`  markers: ${kind} v${transactionVersion} by coordinator ${coordinatorEpoch} to ${where}`)
    if (this.#areMarkersHeld) this.markers.push(markers)
    else this.turn((turn) => markersWritten(turn, markers))
  }

  #markersWritten(o: Options): void {
    const held = this.markers.find(({ transactionalId }) => transactionalId === o.id)
    const event = {
      transactionalId: o.id!,
      producerId: BigInt(o.pid ?? held?.producerId ?? -1),
      producerEpoch: Number(o.epoch ?? held?.producerEpoch ?? -1),
      partitions: o.to === undefined ? (held?.partitions ?? []) : places(o.to),
    }
    this.turn((turn) => markersWritten(turn, event))
  }

  #end(who: string, o: Options, isCommit: boolean): void {
    const event = { ...producer(o), isCommit, clientTransactionVersion: Number(o.v ?? 2) }
    this.turn((turn) => endTransaction(turn, event, asker<EndTransactionAnswer>(who)))
  }

  /** As after tens of thousands of transactions. */
  #withEpoch(o: Options): void {
    this.transactions.find(o.id!)?.amend({ producerEpoch: Number(o.epoch) })
  }

  #describe(id: string): void {
    const d = describeTransaction(this.transactions, id)
    if (d.errorCode !== 0) {
      this.#out.push(codeText(d.errorCode))
      return
    }
    const topics = d.topics.map(({ topic, partitions }) => `${topic}:${partitions.join('+')}`).join(' ')
    const { producerId, producerEpoch, transactionTimeoutMs, transactionStartTimeMs } = d
    const times = `timeout ${transactionTimeoutMs} start ${transactionStartTimeMs}`
    this.#out.push(`${d.transactionState} ${producerId}/${producerEpoch} ${times} [${topics}]`)
  }

  #list(o: Options): void {
    const states = list(o.states)
    const filters = {
      states: new Set(states),
      producerIds: new Set(list(o.pids).map(BigInt)),
      durationMs: Number(o.duration ?? -1),
      matches: (id: string) => o.matching === undefined || new RegExp(`^(?:${o.matching})$`).test(id),
    }
    const found = listTransactions(this.transactions, filters, this.now)
    this.#out.push(found.map((t) => `${t.transactionalId} ${t.producerId} ${t.transactionState}`).join('\n') || 'none')
    const unknown = unknownStates(states)
    if (unknown.length > 0) this.#out.push(`unknown states: ${unknown.join(' ')}`)
  }
}

function asker<Answer>(name: string): Asker<Answer> {
  return { name } as Asker<Answer>
}

function producer(o: Options) {
  return { transactionalId: o.id ?? '', producerId: BigInt(o.pid ?? 1000), producerEpoch: Number(o.epoch ?? 0) }
}

const list = (text: string | undefined): string[] => (text ? text.split(',') : [])

function places(text: string | undefined): TopicPartition[] {
  return list(text).map((place) => {
    const [topic, partition] = place.split(/-(?=\d+$)/)
    return { topic: topic!, partition: Number(partition) }
  })
}

const codeText = (code: number): string => (code === 0 ? 'ok' : `${code} ${errorName(code)}`)

function answerText(answer: unknown): string {
  if (typeof answer === 'number') return codeText(answer)
  const { errorCode, producerId, producerEpoch } = answer as InitProducerIdAnswer
  const goesOnWith = producerId === -1n && producerEpoch === -1 ? '' : ` ${producerId}/${producerEpoch}`
  return codeText(errorCode) + goesOnWith
}

function recordText({ key, value }: LoggedRecord): string {
  const record = parseRecord(key, value)
  if (record.type === 'unknown') return `key type ${record.keyType}`
  const { transactionalId, standing } = record
  if (standing === null || value === null) return `delete ${transactionalId}`
  const { state, producerId, producerEpoch, previousProducerId, nextProducerId, transactionVersion } = standing
  const places = [...standing.partitions].map(({ topic, partition }) => ` ${topic}-${partition}`).join('')
  const previous = previousProducerId === producerId ? '' : ` previously ${previousProducerId}`
  const next = nextProducerId === -1n ? '' : ` next ${nextProducerId}`
  const format = value.readInt16BE(0) === 1 ? '' : ' (format 0)'
  const times = `timeout ${standing.timeoutMs} start ${standing.startMs} at ${standing.lastUpdateMs}`
  return `${transactionalId} ${state} ${producerId}/${producerEpoch}${previous}${next} v${transactionVersion}${places}, ${times}${format}`
}
