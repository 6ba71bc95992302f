import { readFileSync, writeFileSync } from 'node:fs'
import { handlers } from '../../src/broker/handlers.js'
import { README, withApiTable } from './api-table.js'

writeFileSync(README, withApiTable(readFileSync(README, 'utf8'), handlers))
