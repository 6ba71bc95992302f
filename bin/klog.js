#!/usr/bin/env node
import module from 'node:module'
import { fileURLToPath } from 'node:url'

module.enableCompileCache?.()
const require = module.createRequire(import.meta.url)
const args = process.argv.slice(2)

if (!require('../dist/tools.cjs').runTool(args)) {
  await require('../dist/klog.cjs').main(fileURLToPath(new URL('..', import.meta.url)), args)
}
