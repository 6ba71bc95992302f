// Loaded into the daemon by NODE_OPTIONS: keeps how long its event loop stood still, and writes that when the process ends.
const { writeFileSync } = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')

if (/klogd\.js$/.test(process.argv[1] ?? '')) {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  // Starting up is no background work.
  setTimeout(() => delays.enable(), 2000).unref()
  process.on('exit', () => {
    const ms = (nanoseconds) => nanoseconds / 1e6
    const [p50Ms, p99Ms, p999Ms] = [50, 99, 99.9].map((share) => ms(delays.percentile(share)))
    const figures = { p50Ms, p99Ms, p999Ms, maxMs: ms(delays.max) }
    writeFileSync(process.env.KLOG_BENCH_DELAYS, JSON.stringify(figures))
  })
}
