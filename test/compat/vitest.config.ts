import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/compat/**/*.compat.ts'],
    globalSetup: ['test/compat/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
