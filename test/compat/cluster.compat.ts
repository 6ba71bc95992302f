import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterProcess, startApacheCluster, startKlogCluster } from './cluster-process.js'
import { differenceTable } from './difference-table.js'
import { killSequence, type Observation } from './kill-sequence.js'
import { workers } from './workers.js'

const RUN_MS_MAX = 900_000

const seen = new Map<string, readonly Observation[]>()
const present = workers.filter(({ missing }) => missing === null)

/** What must hold of any Kafka, whatever else is seen. */
const IN_THE_END: Readonly<Record<string, string>> = {
  'producer exits with': '0',
  lag: '0 0 0',
  'lost of acks=all': '0',
  twice: '0',
  'out of order': '0',
  "'refused' is there": 'false',
  "'replicated later' is there": 'true',
  "'lost' is there": 'false',
}

describe('brokers are killed, stopped and brought back while clients work', () => {
  beforeAll(() => {
    for (const { name, missing } of workers) if (missing !== null) console.log(`without ${name}: ${missing}`)
  })
  afterAll(() => console.log(differenceTable(seen)))

  test('Apache Kafka refuses, loses and keeps what it should', { timeout: RUN_MS_MAX }, async () => {
    const found = await observe('Apache Kafka', startApacheCluster)
    expect(found.filter(({ what, value }) => what in IN_THE_END && value !== IN_THE_END[what])).toEqual([])
    expect(found.filter(({ what }) => what in IN_THE_END)).toHaveLength(present.length * Object.keys(IN_THE_END).length)
  })

  test.each(['in processes', 'in one process'] as const)(
    'with klog %s the same is seen',
    { timeout: RUN_MS_MAX },
    async (mode) => {
      const found = await observe(`klog ${mode}`, () => startKlogCluster(mode))
      expect(found).toEqual(seen.get('Apache Kafka'))
    },
  )
})

async function observe(name: string, start: () => Promise<ClusterProcess>): Promise<readonly Observation[]> {
  const found: Observation[] = []
  seen.set(name, found)
  const cluster = await start()
  try {
    await killSequence(cluster, present, found)
    return found
  } finally {
    await cluster.end()
  }
}
