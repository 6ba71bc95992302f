#!/usr/bin/env node
// CommonJS, and one bundle for each tool: Node starts a module 5 ms later, and commands are called in loops.
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { load } = require('./load.js')

const dist = join(__dirname, '../dist')
/** What is called in loops. */
const ACTIONS = new Set(['--list', '--describe'])
const args = process.argv.slice(2)
const tool = /^[a-z0-9-]+$/.test(args[0] ?? '') ? join(dist, `tool-${args[0]}.cjs`) : null

if (tool !== null && existsSync(tool))
  load(
    tool,
    args.find((arg) => ACTIONS.has(arg)),
  ).run(args)
else if (!load(join(dist, 'tools.cjs')).runTool(args)) require(join(dist, 'klog.cjs')).main(join(__dirname, '..'), args)
