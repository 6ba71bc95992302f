import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'
import { RawClient } from '../support/raw-client.js'

const DESCRIPTORS = 256
const STRANGERS = 2 * DESCRIPTORS
/** Each has three files. */
const PARTITIONS = 60

let home: KlogHome
const strangers: RawClient[] = []

beforeEach(async () => {
  home = await KlogHome.make()
})
afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.destroy()
  await home.dispose()
})

// Only a shell can lower the limit of who is started.
test.skipIf(process.platform === 'win32')(
  'more connections than the broker has descriptors leave it serving: it makes room, and opens files all the same',
  async () => {
    const klog = [process.execPath, join(import.meta.dirname, '../../bin/klog.js')]
    const limited = ['-c', `ulimit -n ${DESCRIPTORS} && exec "$@"`, 'sh', ...klog, 'broker', 'start']
    expect(await execa('sh', limited, { env: home.env })).toMatchObject({ exitCode: 0 })
    for (let number = 0; number < STRANGERS; number++) strangers.push(await RawClient.connect(home.port))
    const create = await home.klog(['topics', '--create', '--topic', 'orders', '--partitions', `${PARTITIONS}`])
    expect(create).toMatchObject({ exitCode: 0, stdout: 'Created topic orders.' })
    const input = Array.from({ length: 500 }, (_, key) => `${key}:x\n`).join('')
    const keyed = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:']
    expect(await home.klog(['console-producer', '--topic', 'orders', ...keyed], { input })).toMatchObject({
      exitCode: 0,
    })
    const read = await home.klog(['console-consumer', '--topic', 'orders', '--from-beginning', '--max-messages', '500'])
    expect(`${read.stdout}`.split('\n')).toHaveLength(500)
  },
)
