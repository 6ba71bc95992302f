import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const report = process.env.KLOG_TEST_REPORT

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/compat/**', 'test/bench/**'],
    // Many tests wait for what Kafka's tools wait for: three at a time fill two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      './test/support/exceptions-report.ts',
      ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', object]]),
    ],
  },
})
