import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { startDaemon } from '../../src/daemon.js'
import { Peer } from '../../src/net/peer.js'
import { AlterReplicaLogDirs } from '../../src/protocol/messages/alter-replica-log-dirs.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'

const NAMES = [
  ...['..', '.', '../evil', 'a/../../evil', '/evil', 'evil/evil', '..\\evil', 'C:evil', 'evil\0', '%2e%2e%2fevil'],
  ...['../evil-0', '../data/evil', 'évil', `${'a'.repeat(250)}`, 'evil\n', '~evil', ''],
]
const INVALID_TOPIC = 17
const LOG_DIR_NOT_FOUND = 57

test('no name that comes from a client becomes a path outside the data directory, or a strange one within', async () => {
  const root = mkdtempSync(join(tmpdir(), 'klog-paths-'))
  const data = join(root, 'data')
  const settings = new Map([
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ['log.dirs', data],
    ['offsets.topic.num.partitions', '1'],
    ['transaction.state.log.num.partitions', '1'],
  ] as const)
  const daemon = await startDaemon({
    settings,
    clusterId: null,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  })
  const peer = await Peer.connect({
    ...{ host: '127.0.0.1', port: daemon.port, clientId: '../../evil\0', clock: systemClock, connectTimeoutMs: 60_000 },
  })

  for (const name of NAMES) {
    const topics = [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
    const created = await peer.call(CreateTopics, 7, { topics })
    expect(created.topics[0]!.errorCode, JSON.stringify(name)).toBe(INVALID_TOPIC)
    const found = await peer.call(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: true })
    expect(found.topics[0]!.errorCode, JSON.stringify(name)).toBe(INVALID_TOPIC)
  }

  // Ids of groups and transactions may be anything, and are no names of files.
  await peer.call(Metadata, 9, { topics: [{ name: 'honest' }], allowAutoTopicCreation: true })
  for (const [keyType, key] of [
    [0, '../../evil'],
    [1, '../../evil'],
  ] as const) {
    let error = 1
    while (error !== 0)
      error = (await peer.call(FindCoordinator, 4, { keyType, coordinatorKeys: [key] })).coordinators[0]!.errorCode
  }
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '../evil' }]
  const commit = { groupId: '../../evil', memberId: '', topics: [{ name: 'honest', partitions }] }
  expect((await peer.call(OffsetCommit, 8, commit)).topics[0]!.partitions[0]!.errorCode).toBe(0)
  const init = { transactionalId: '../../evil', transactionTimeoutMs: 1000 }
  expect((await peer.call(InitProducerId, 4, init)).errorCode).toBe(0)

  for (const path of [root, join(data, '..'), `${data}/../evil`, '/', 'evil']) {
    const dirs = [{ path, topics: [{ name: 'honest', partitions: [0] }] }]
    const moved = await peer.call(AlterReplicaLogDirs, 2, { dirs })
    expect(moved.results[0]!.partitions[0]!.errorCode, path).toBe(LOG_DIR_NOT_FOUND)
  }

  peer.close()
  await daemon.close()
  expect(readdirSync(root)).toEqual(['data'])
  const known =
    /^(honest-0|__consumer_offsets-0|__transaction_state-0|__cluster_metadata-0|[a-z.-]+(checkpoint|properties)|bootstrap\.checkpoint|klog-resting-logs|\.[a-z_]+)$/
  expect(readdirSync(data).filter((name) => !known.test(name))).toEqual([])
  rmSync(root, { recursive: true })
})
