import { once } from 'node:events'
import { connect } from 'node:net'
import { residentBytes } from '../../src/cli/local/process.js'
import { ClusterClient } from '../support/cluster-client.js'
import { apacheCluster, klogCluster, type MeasuredCluster } from './clusters.js'
import { cpuSeconds } from './cpu.js'
import { produceRate } from './load.js'
import { type Measurement, type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond, megabytes, ms } from './units.js'

const BYTES_PER_ROUND = 64e6
const SHAPES = [
  { what: 'batches of 1 MB', recordBytes: 1000, recordsPerBatch: 1000 },
  { what: 'batches of 16 KB', recordBytes: 1000, recordsPerBatch: 16 },
]
const START_MS_GOAL = 500
const MEMORY_BYTES_GOAL = 150e6
const KILL_MS_GOAL = 2000
const KILLS = 10
/** Apache Kafka takes some ten seconds to notice one, and some more to start the broker again. */
const APACHE_KILLS = 3

type Side = 'one' | 'three' | 'apache'
const SIDES: readonly Side[] = ['one', 'three', 'apache']
const WORDS: Readonly<Record<Side, string>> = {
  one: 'three brokers in one process',
  three: 'three brokers in three processes',
  apache: '',
}

interface Measured {
  readonly startMs: number
  /** By shape, bytes per second and processor seconds per GB of each round. */
  readonly rates: number[][]
  readonly cpu: number[][]
  loadedBytes: number
  readonly killMs: number[]
}

/** Three brokers as one cluster, every record on all of them: what they carry, what they take, and how soon one that goes is replaced. */
export async function cluster({ rounds, hasApache }: Scope): Promise<Row[]> {
  const clusters: Partial<Record<Side, MeasuredCluster>> = {}
  const measured: Partial<Record<Side, Measured>> = {}
  try {
    for (const side of SIDES) {
      const cluster =
        side === 'apache'
          ? hasApache
            ? await apacheCluster()
            : null
          : await klogCluster(side === 'one' ? 'one process' : 'three processes')
      if (cluster === null) continue
      clusters[side] = cluster
      const startMs = (await firstRecord(cluster)) - cluster.commandedMs
      measured[side] = { startMs, rates: SHAPES.map(() => []), cpu: SHAPES.map(() => []), loadedBytes: 0, killMs: [] }
    }
    // The first round warms up and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const side of SIDES) {
        const [cluster, figures] = [clusters[side], measured[side]]
        if (cluster !== undefined && figures !== undefined) await produced(cluster, figures, round)
      }
    }
    for (const side of SIDES) {
      const [cluster, figures] = [clusters[side], measured[side]]
      if (cluster === undefined || figures === undefined) continue
      figures.loadedBytes = cluster.pids().reduce((sum, pid) => sum + (residentBytes(pid) ?? Number.NaN), 0)
      for (let kill = 0; kill < (side === 'apache' ? APACHE_KILLS : KILLS); kill++)
        figures.killMs.push(await replaced(cluster, kill))
    }
  } finally {
    for (const cluster of Object.values(clusters)) await cluster.stop()
  }
  return (['one', 'three'] as const).flatMap((side) => rowsOf(side, measured[side]!, measured.apache))
}

/** When a record was acknowledged by all three. */
async function firstRecord(cluster: MeasuredCluster): Promise<number> {
  const client = new ClusterClient(cluster)
  // A broker of Apache Kafka's says that it has started before it can be asked for this.
  await client.until(() =>
    client.create('first', { replicas: [[0, 1, 2]] }).then(
      () => true,
      () => false,
    ),
  )
  await client.send('first', 'hello')
  const atMs = performance.now()
  client.close()
  return atMs
}

async function produced(cluster: MeasuredCluster, figures: Measured, round: number): Promise<void> {
  for (const [at, { recordBytes, recordsPerBatch }] of SHAPES.entries()) {
    const client = new ClusterClient(cluster)
    const topic = `produced-${at}-${round}`
    await client.create(topic, { replicas: [[0, 1, 2]] })
    await client.send(topic, 'there')
    await client.untilIsr(topic, [0, 1, 2])
    const port = cluster.ports[await client.leaderOf(topic)]!.client
    client.close()
    const batches = Math.floor(BYTES_PER_ROUND / (recordBytes * recordsPerBatch))
    const before = cpuOf(cluster)
    const rate = await produceRate({ host: '127.0.0.1', port, topic, recordBytes, recordsPerBatch, batches, acks: -1 })
    if (round === 0) continue
    figures.rates[at]!.push(rate)
    figures.cpu[at]!.push((cpuOf(cluster) - before) / (BYTES_PER_ROUND / 1e9))
  }
}

const cpuOf = (cluster: MeasuredCluster): number => cluster.pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0)

/** Kills whoever leads a partition: milliseconds from the end of its connections to the next record that is acknowledged by all. */
async function replaced(cluster: MeasuredCluster, kill: number): Promise<number> {
  const client = new ClusterClient(cluster)
  const leader = await client.leaderOf('first')
  const socket = connect({ host: '127.0.0.1', port: cluster.ports[leader]!.client }).on('error', () => {})
  await once(socket, 'connect')
  const gone = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())))
  const command = cluster.kill(leader)
  const goneMs = await gone
  await client.send('first', `after ${kill}`)
  const afterMs = performance.now() - goneMs
  await command
  await cluster.start(leader)
  await client.untilIsr('first', [0, 1, 2])
  client.close()
  return afterMs
}

function rowsOf(side: 'one' | 'three', ours: Measured, apache: Measured | undefined): Row[] {
  const one = (value: number | undefined): number[] => (value === undefined ? [] : [value])
  const row = (
    measurement: Measurement,
    klog: readonly number[],
    theirs: readonly number[],
    ownGoal: number | null = null,
  ): Row => {
    const goals = { ...measurement.goals, ...(ownGoal !== null && { klog: ownGoal }) }
    return rowOf({ ...measurement, what: `${WORDS[side]}: ${measurement.what}`, goals }, { klog, apache: theirs })
  }
  const isOne = side === 'one'
  const lower = { better: 'lower', unit: ms } as const
  const seconds = (value: number): string => `${value.toFixed(2)} s/GB`
  return [
    row(
      { what: 'command to first record on all', ...lower },
      [ours.startMs],
      one(apache?.startMs),
      isOne ? START_MS_GOAL : null,
    ),
    ...SHAPES.flatMap(({ what }, at) => [
      row(
        { what: `produce, acks=all, ${what}`, unit: mbPerSecond, better: 'higher', goals: { apache: 1 } },
        ours.rates[at]!,
        apache?.rates[at] ?? [],
      ),
      row(
        { what: `produce, acks=all, ${what}: processor time`, ...lower, unit: seconds },
        ours.cpu[at]!,
        apache?.cpu[at] ?? [],
      ),
    ]),
    row(
      { what: 'memory after that', ...lower, unit: megabytes },
      [ours.loadedBytes],
      one(apache?.loadedBytes),
      isOne ? MEMORY_BYTES_GOAL : null,
    ),
    row({ what: 'kill of a leader to next record on all', ...lower }, ours.killMs, apache?.killMs ?? [], KILL_MS_GOAL),
    row(
      { what: 'kill of a leader to next record on all, the slowest', ...lower },
      [Math.max(...ours.killMs)],
      one(apache && Math.max(...apache.killMs)),
    ),
  ]
}
