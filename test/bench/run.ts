import { compaction } from './compaction.js'
import { memory } from './memory.js'
import { startUp } from './start-up.js'
import { printTable } from './table.js'
import { throughput } from './throughput.js'

console.log(`Node ${process.version}; every ratio is of figures from this one run.`)
printTable([...(await startUp()), ...(await throughput()), ...(await memory()), ...(await compaction())])
