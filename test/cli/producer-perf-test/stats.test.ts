import { expect, test } from 'vitest'
import { Stats } from '../../../src/cli/producer-perf-test/stats.js'

function setUp(expected: number, isSteady = false) {
  const lines: string[] = []
  const time = { ms: 0 }
  const stats = new Stats({
    expected,
    isSteady,
    reportingIntervalMs: 1000,
    now: () => time.ms,
    print: (line) => lines.push(line),
  })
  return { stats, lines, time }
}

test('the summary has rates, averages and percentiles of the latencies', () => {
  const { stats, lines, time } = setUp(100)
  for (let latency = 0; latency < 100; latency++) stats.record(latency, 1024)
  time.ms = 500
  stats.printTotal()
  expect(lines).toEqual([
    '100 records sent, 200.000000 records/sec (0.20 MB/sec), 49.50 ms avg latency, 99.00 ms max latency, 50 ms 50th, 95 ms 95th, 99 ms 99th, 99 ms 99.9th.',
  ])
})

test('a window is told of when the interval is over, and the next one begins', () => {
  const { stats, lines, time } = setUp(10)
  stats.record(10, 100)
  time.ms = 1000
  stats.record(20, 100)
  stats.record(5, 100)
  expect(lines).toEqual(['2 records sent, 2.0 records/sec (0.00 MB/sec), 15.0 ms avg latency, 20.0 ms max latency.'])
})

test('the steady state is announced once, and somebody else is silent meanwhile', () => {
  const { stats, lines, time } = setUp(10, true)
  time.ms = 1000
  stats.record(1, 1)
  time.ms = 2000
  stats.record(1, 1)
  expect(lines.filter((line) => line === 'In steady state.')).toHaveLength(1)
  stats.silence()
  time.ms = 3000
  stats.record(1, 1)
  expect(lines).toHaveLength(3)
})

test('without a single record there is no average, and nothing breaks', () => {
  const { stats, lines, time } = setUp(5)
  time.ms = 10
  stats.printTotal()
  expect(lines[0]).toBe(
    '0 records sent, 0.000000 records/sec (0.00 MB/sec), NaN ms avg latency, 0.00 ms max latency, 0 ms 50th, 0 ms 95th, 0 ms 99th, 0 ms 99.9th.',
  )
})
