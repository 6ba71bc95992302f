import { readFileSync, writeFileSync } from 'node:fs'
import { controllerHandlers } from '../../src/broker/controller-handlers.js'
import { handlers } from '../../src/broker/handlers.js'
import { README, withApiTable } from './api-table.js'

writeFileSync(
  README,
  withApiTable(readFileSync(README, 'utf8'), { toClients: handlers, byControllers: controllerHandlers }),
)
