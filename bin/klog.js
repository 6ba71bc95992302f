#!/usr/bin/env node
// CommonJS, and one bundle for each tool: Node starts a module 5 ms later, and commands are called in loops.
const module_ = require('node:module')
const { existsSync } = require('node:fs')
const { join } = require('node:path')

module_.enableCompileCache?.()
const dist = join(__dirname, '../dist')
const args = process.argv.slice(2)
const tool = /^[a-z0-9-]+$/.test(args[0] ?? '') ? join(dist, `tool-${args[0]}.cjs`) : null

if (tool !== null && existsSync(tool)) require(tool).run(args)
else if (!require(join(dist, 'tools.cjs')).runTool(args))
  require(join(dist, 'klog.cjs')).main(join(__dirname, '..'), args)
