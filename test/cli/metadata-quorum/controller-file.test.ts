import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readController } from '../../../src/cli/metadata-quorum/controller-file.js'

const DIRECTORY_ID = 'ILZ5MPTeRWakmJu99uBJCA'
const directory = mkdtempSync(join(tmpdir(), 'klog-controller-'))
writeFileSync(
  join(directory, 'meta.properties'),
  `node.id=3\ndirectory.id=${DIRECTORY_ID}\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n`,
)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const GOOD = {
  'node.id': '3',
  'process.roles': 'controller',
  'log.dirs': `${directory},/elsewhere`,
  'controller.listener.names': 'CONTROLLER,OTHER',
  listeners: 'CONTROLLER://:9093,OTHER://inside:9094',
  'advertised.listeners': 'OTHER://[::1]:9095',
}
type Name = keyof typeof GOOD | 'metadata.log.dir'

function read(changes: Partial<Record<Name, string | undefined>> = {}) {
  const all = Object.entries({ ...GOOD, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return readController(new Map(all), '/')
}

test('a controller is who its file says, where it advertises or listens', () => {
  expect(read()).toEqual({
    id: 3,
    directoryId: DIRECTORY_ID,
    endpoints: [
      { listener: 'CONTROLLER', host: 'localhost', port: 9093 },
      { listener: 'OTHER', host: '::1', port: 9095 },
    ],
  })
})

test.each([
  [{ 'node.id': undefined }, 'node.id not found in configuration file.'],
  [{ 'node.id': '-1' }, 'node.id was negative in configuration file.'],
  [{ 'process.roles': 'broker' }, "process.roles did not contain 'controller' in configuration file."],
  [{ 'log.dirs': undefined }, 'Neither metadata.log.dir nor log.dirs were found.'],
  [{ 'metadata.log.dir': '/nowhere' }, 'Unable to read meta.properties from /nowhere'],
  [{ 'controller.listener.names': undefined }, 'controller.listener.names was not found.'],
  [{ 'controller.listener.names': 'NOBODY' }, 'Cannot find information about controller listener name: NOBODY'],
  [{ listeners: 'what' }, 'Unable to parse what to a broker endpoint'],
])('%j: %s', (changes, message) => {
  expect(() => read(changes)).toThrow(message)
})
