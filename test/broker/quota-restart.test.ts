import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { recordsOf } from '../../src/cluster/image-records.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { scramCredential } from '../../src/cluster/scram-credentials.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { Peer } from '../../src/net/peer.js'
import { AlterClientQuotas } from '../../src/protocol/messages/alter-client-quotas.js'
import { AlterUserScramCredentials } from '../../src/protocol/messages/alter-user-scram-credentials.js'
import { DescribeClientQuotas } from '../../src/protocol/messages/describe-client-quotas.js'
import { DescribeUserScramCredentials } from '../../src/protocol/messages/describe-user-scram-credentials.js'

const directory = mkdtempSync(join(tmpdir(), 'klog-quota-restart-'))
let daemon: Daemon | null = null
let peer: Peer

async function start(): Promise<void> {
  const settings = new Map([
    ['log.dirs', directory],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
  ])
  const outside = { clock: systemClock, random: systemRandom, log: silentLog }
  daemon = await startDaemon({ settings, clusterId: null, ...outside })
  const { port } = daemon
  peer = await Peer.connect({
    ...{ host: '127.0.0.1', port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 },
  })
}

afterEach(async () => {
  peer.close()
  await daemon?.close()
  rmSync(directory, { recursive: true, force: true })
})

test('quotas and credentials are there after a restart, and hold', async () => {
  await start()
  const entity = [{ entityType: 'client-id', entityName: 'test' }]
  const ops = [{ key: 'request_percentage', value: 1e-9, remove: false }]
  await peer.call(AlterClientQuotas, 1, { entries: [{ entity, ops }], validateOnly: false })
  const upsertion = {
    name: 'u',
    mechanism: 1,
    iterations: 4096,
    salt: Buffer.from('s'),
    saltedPassword: Buffer.from('p'),
  }
  // Said on another connection: this one is held back by now.
  peer.close()
  const { port } = daemon!
  const other = await Peer.connect({
    ...{ host: '127.0.0.1', port, clientId: 'other', clock: systemClock, connectTimeoutMs: 5000 },
  })
  await other.call(AlterUserScramCredentials, 0, { deletions: [], upsertions: [upsertion] })
  other.close()
  await daemon!.kill()
  await start()
  const quotas = await peer.call(DescribeClientQuotas, 1, { components: [], strict: false })
  expect(quotas.entries).toEqual([{ entity, values: [{ key: 'request_percentage', value: 1e-9 }] }])
  expect(quotas.throttleTimeMs).toBeGreaterThan(0)
  const scram = await peer.call(DescribeUserScramCredentials, 0, { users: null })
  expect(scram.results.map(({ user, credentialInfos }) => [user, credentialInfos])).toEqual([
    ['u', [{ mechanism: 1, iterations: 4096 }]],
  ])
})

test('a snapshot of the metadata has them', () => {
  const records: MetadataRecord[] = [
    {
      ...{ type: 'ClientQuota', entity: [{ entityType: 'user', entityName: null }] },
      ...{ key: 'producer_byte_rate', value: 7, remove: false },
    },
    {
      ...{ type: 'UserScramCredential', name: 'u', mechanism: 2, iterations: 5000 },
      ...{ salt: Buffer.from('a'), storedKey: Buffer.from('b'), serverKey: Buffer.from('c') },
    },
  ]
  const image = MetadataImage.empty.apply(records, { offset: 1, epoch: 1 })
  const copy = MetadataImage.empty.apply(recordsOf(image), { offset: 1, epoch: 1 })
  expect(copy.parts.others).toEqual(image.parts.others)
  expect(scramCredential(copy, 'u', 2)?.iterations).toBe(5000)
})
