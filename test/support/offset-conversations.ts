import { DeleteGroups } from '../../src/protocol/messages/delete-groups.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { OffsetDelete } from '../../src/protocol/messages/offset-delete.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { type Conversation, commit, fetch, join, joining, ORDERS, range, syncing, VERSIONS } from './group-clients.js'

/** What becomes of offsets that are committed, fetched and deleted. */
export const offsetConversations: readonly Conversation[] = [
  {
    name: 'offsets in every version',
    topics: [...ORDERS, { name: 'bills', partitions: 1 }],
    async speak(talk) {
      for (const version of range(2, VERSIONS.commit)) {
        const groupId = `g${version}`
        const simple = { groupId, ...(version <= 4 ? { retentionTimeMs: 600_000 } : {}) }
        await commit(talk, version, simple, [
          { topic: 'orders', partition: 0, offset: version },
          { topic: 'orders', partition: 1, offset: -5, metadata: null },
          { topic: 'nope', partition: 0, offset: 1 },
        ])
        await commit(talk, version, simple, [{ topic: 'orders', partition: 9, offset: 1 }])
        await commit(talk, version, simple, [{ topic: 'nope', partition: 0, offset: 1 }])
        await commit(talk, version, simple, [{ topic: 'bills', partition: 0, offset: 1, metadata: 'ä'.repeat(4097) }])
        await commit(talk, version, simple, [{ topic: 'bills', partition: 0, offset: 1e6, metadata: 'ä'.repeat(40) }])
        await commit(talk, version, { ...simple, memberId: 'nobody' }, [{ topic: 'bills', partition: 0, offset: 2 }])
        await commit(talk, version, { ...simple, generationIdOrMemberEpoch: 3, memberId: 'nobody' }, [
          { topic: 'bills', partition: 0, offset: 3 },
        ])
        await commit(talk, version, simple, [])
        for (const fetched of range(1, VERSIONS.fetch)) {
          await fetch(talk, fetched, groupId, [
            { topic: 'orders', partitions: [1, 0, 0, 5] },
            { topic: 'nope', partitions: [0] },
          ])
          await fetch(talk, fetched, groupId, [{ topic: 'bills', partitions: [0] }])
          await fetch(talk, fetched, groupId, [])
        }
        await talk.ask('a', ListGroups, 5, {})
      }
      await talk.ask('a', DeleteGroups, 2, { groupsNames: range(3, VERSIONS.commit).map((version) => `g${version}`) })
      await commit(talk, 9, { groupId: 'g50' }, [{ topic: 'bills', partition: 0, offset: 7 }])
      for (const version of range(2, VERSIONS.fetch)) await fetch(talk, version, 'g50', null, true)
      const groups = ['g50', 'g2', 'g51'].map((groupId) => ({
        groupId,
        topics: [{ name: 'bills', partitionIndexes: [0] }],
      }))
      await talk.ask('a', OffsetFetch, 8, { groups })
      const asked = [
        { name: 'orders', partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] },
        { name: 'nope', partitions: [{ partitionIndex: 0 }] },
      ]
      await talk.ask('a', OffsetDelete, 0, { groupId: 'g2', topics: asked })
      await talk.ask('a', OffsetDelete, 0, { groupId: 'g2', topics: asked.slice(0, 1) })
      await fetch(talk, 9, 'g2', [{ topic: 'orders', partitions: [0, 1] }])
    },
  },
  {
    name: 'offsets of topics that somebody reads',
    topics: [...ORDERS, { name: 'bills', partitions: 1 }],
    async speak(talk) {
      const both = ['orders', 'bills'].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }))
      for (const [groupId, protocolType] of [
        ['g1', 'consumer'],
        ['g2', 'connect'],
      ] as const) {
        const { memberId, generationId } = await join(talk, 'a', 9, joining(groupId, { protocolType }))
        const assignments = [{ memberId, assignment: Buffer.from('x') }]
        await talk.ask('a', SyncGroup, 5, syncing(5, { groupId, generationId, memberId, assignments }, protocolType))
        for (const topic of ['orders', 'bills'])
          await commit(talk, 9, { groupId, generationIdOrMemberEpoch: generationId, memberId }, [
            { topic, partition: 0, offset: 4 },
          ])
        await commit(talk, 9, { groupId, generationIdOrMemberEpoch: -1 }, [{ topic: 'bills', partition: 0, offset: 4 }])
        await commit(talk, 9, { groupId, generationIdOrMemberEpoch: -1, memberId }, [
          { topic: 'bills', partition: 0, offset: 4 },
        ])
        await talk.ask('a', OffsetDelete, 0, { groupId, topics: both })
        await fetch(talk, 5, groupId, [
          { topic: 'orders', partitions: [0] },
          { topic: 'bills', partitions: [0] },
        ])
      }
      for (const states of [['stable'], ['EMPTY', 'Stable'], ['nonsense'], ['PreparingRebalance']])
        await talk.ask('a', ListGroups, 4, { statesFilter: states })
      for (const types of [['Classic'], ['consumer'], ['nonsense'], ['classic', 'share']])
        await talk.ask('a', ListGroups, 5, { typesFilter: types })
    },
  },
]
