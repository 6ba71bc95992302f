#!/usr/bin/env node
// klog from its sources, without a build.
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

register()
const args = process.argv.slice(2)
const { runTool } = await import('../src/cli/tools-main.ts')

if (!runTool(args)) {
  const { main } = await import('../src/cli/main.ts')
  await main(fileURLToPath(new URL('..', import.meta.url)), args)
}
