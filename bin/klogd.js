#!/usr/bin/env node
require('node:module').enableCompileCache?.()
require('../dist/klogd.cjs').main(process.argv.slice(2))
