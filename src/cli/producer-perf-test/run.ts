import { ClusterClient } from '../../client/cluster-client.js'
import { constructed } from '../../client/construction.js'
import type { ProducerConfig } from '../../client/producer/config.js'
import { Producer } from '../../client/producer/producer.js'
import type { ProducerRecord } from '../../client/producer/record.js'
import { printMetrics } from '../client-metrics.js'
import { ClusterRemarks } from '../cluster-remarks.js'
import { printData } from '../data/print-data.js'
import { javaText } from '../java-error.js'
import type { Output } from '../output.js'
import { stopCode } from '../process-io.js'
import { Progress } from '../progress.js'
import { Throttle } from '../throttle.js'
import type { ToolIo } from '../tool.js'
import type { PerfPlan } from './plan.js'
import { PRODUCER_PERF, Stats } from './stats.js'

interface PerfRecord extends ProducerRecord {
  readonly isSteady: boolean
}

/** Sends what the plan says and tells how fast that was. Returns the exit code. @throws KafkaError or ClientError */
export async function runPerf(plan: PerfPlan, config: ProducerConfig, io: ToolIo): Promise<number> {
  const remarks = new ClusterRemarks(io)
  const onUnreachable = remarks.unreachable.bind(remarks)
  const { clock, random } = io
  const opening = ClusterClient.open({ config: config.client, clock, random, onUnreachable })
  const client = await constructed('producer', opening)
  remarks.askingOf(client)
  const run = new PerfRun(plan, io)
  const producer = new Producer({
    client,
    config,
    random,
    topic: plan.topic,
    listener: {
      onArrived: (records) => run.arrived(records as readonly PerfRecord[]),
      onFailed: (_, error) => run.failed(error),
      onTopicIssues: remarks.topicIssues.bind(remarks),
      onUnreachable,
    },
  })
  try {
    return await run.send(producer, config.client.clientId)
  } finally {
    producer.close()
    client.close()
  }
}

class PerfRun {
  readonly #plan: PerfPlan
  readonly #io: ToolIo
  readonly #progress: Progress
  #stats: Stats | null = null
  #steady: Stats | null = null
  #arrived = 0
  #failed = 0

  constructor(plan: PerfPlan, io: ToolIo) {
    this.#plan = plan
    this.#io = io
    this.#progress = new Progress(io, `sending to ${plan.topic}`, plan.recordCount, true)
  }

  arrived(records: readonly PerfRecord[]): void {
    const now = this.#io.clock.now()
    for (const { timestamp, value, isSteady } of records) {
      this.#arrived++
      this.#stats!.record(now - timestamp, value!.length)
      if (isSteady) this.#steady!.record(now - timestamp, value!.length)
    }
    this.#progress.at(this.#arrived)
  }

  failed(error: Error): void {
    this.#failed++
    this.#io.stderr.line(javaText(error))
  }

  async send(producer: Producer, clientId: string): Promise<number> {
    const { warmupCount, transactionMs, printsMetrics, recordCount } = this.#plan
    const { stop } = this.#io
    if (transactionMs !== null) await producer.initTransactions()
    if (warmupCount > 0) {
      this.#text.line(
        `Warmup first ${warmupCount} records. Steady state results will print after the complete test summary.`,
      )
    }
    this.#stats = this.#newStats(recordCount, false)
    await this.#sendAll(producer)
    if (!stop.aborted) await producer.flush()
    this.#progress.end()
    if (stop.aborted) return stopCode(stop)
    await this.#printTotals(this.#stats)
    if (printsMetrics) {
      const tags = { 'client-id': clientId }
      const group = 'producer-metrics'
      printMetrics({ stdout: this.#text }, [
        { group, name: 'record-send-total', tags, value: this.#arrived },
        { group, name: 'record-error-total', tags, value: this.#failed },
      ])
    }
    return 0
  }

  /** Where everything but the summary goes. */
  get #text(): Output {
    return this.#plan.format === null ? this.#io.stdout : this.#io.stderr
  }

  async #printTotals(stats: Stats): Promise<void> {
    const all = this.#steady === null ? [stats] : [stats, this.#steady]
    const { format } = this.#plan
    if (format === null) for (const each of all) each.printTotal()
    else {
      await printData(
        this.#io,
        format,
        PRODUCER_PERF,
        all.map((each) => each.summary()),
      )
    }
  }

  async #sendAll(producer: Producer): Promise<void> {
    const { recordCount, transactionMs, throughput } = this.#plan
    const { clock, stop } = this.#io
    const throttle = new Throttle(throughput, clock.now(), clock)
    let inTransaction = 0
    let begunMs = 0
    for (let i = 0; i < recordCount && !stop.aborted; i++) {
      if (transactionMs !== null && inTransaction === 0) {
        producer.beginTransaction()
        begunMs = clock.now()
      }
      const record = this.#record(i)
      const room = producer.send(record, stop)
      if (room !== null) await room
      inTransaction++
      if (transactionMs !== null && transactionMs <= record.timestamp - begunMs) {
        await producer.commitTransaction()
        inTransaction = 0
      }
      if (throttle.isDue(i, record.timestamp)) await throttle.pause(stop)
    }
    if (transactionMs !== null && inTransaction > 0 && !stop.aborted) await producer.commitTransaction()
  }

  #record(index: number): PerfRecord {
    const { warmupCount, payloads, recordCount } = this.#plan
    const isSteady = warmupCount > 0 && index >= warmupCount
    if (isSteady && this.#steady === null) {
      this.#steady = this.#newStats(recordCount - warmupCount, true)
      this.#stats!.silence()
    }
    return { key: null, value: payloads(index), headers: [], timestamp: this.#io.clock.now(), isSteady }
  }

  #newStats(expected: number, isSteady: boolean): Stats {
    const { clock } = this.#io
    return new Stats({
      expected,
      isSteady,
      reportingIntervalMs: this.#plan.reportingIntervalMs,
      now: () => clock.now(),
      print: (line) => {
        this.#progress.end()
        this.#text.line(line)
      },
    })
  }
}
