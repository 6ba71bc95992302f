import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The same transcripts that klog's own broker is held to, with Apache Kafka behind the tools.
    include: ['test/compat/**/*.compat.ts', 'test/e2e/golden-*.test.ts'],
    env: { KLOG_COMPAT_KAFKA: join(import.meta.dirname, 'kafka/kafka') },
    globalSetup: ['test/compat/setup.ts'],
    reporters: ['default', join(import.meta.dirname, '../support/exceptions-report.ts')],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    // Those that run a Java process a step: two cores are busy then.
    maxConcurrency: 2,
  },
})
