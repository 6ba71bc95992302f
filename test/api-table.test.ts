import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { controllerHandlers } from '../src/broker/controller-handlers.js'
import { handlers } from '../src/broker/handlers.js'
import { README, withApiTable } from './support/api-table.js'

test('the table of APIs in the README is what the handlers make it: `npm run api-table` writes it', () => {
  const readme = readFileSync(README, 'utf8')
  expect(readme).toBe(withApiTable(readme, { toClients: handlers, byControllers: controllerHandlers }))
})
