import { DeleteGroups } from '../../src/protocol/messages/delete-groups.js'
import { DescribeGroups } from '../../src/protocol/messages/describe-groups.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { LeaveGroup } from '../../src/protocol/messages/leave-group.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { OffsetDelete } from '../../src/protocol/messages/offset-delete.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { subscription } from '../group/subscription.js'
import {
  beginJoin,
  type Conversation,
  commit,
  fetch,
  join,
  joining,
  leaving,
  ORDERS,
  range,
  syncing,
  VERSIONS,
} from './group-clients.js'
import { offsetConversations } from './offset-conversations.js'

/** One conversation for each rule; a broker of its own hears each. */
export const conversations: readonly Conversation[] = [
  ...offsetConversations,
  {
    name: 'finding a coordinator in every version',
    topics: [],
    async speak(talk) {
      for (const version of range(0, 6)) {
        const asks = version === 0 ? [undefined] : [0, 9]
        for (const keyType of asks) {
          for (const key of ['g1', '']) {
            const keys = version >= 4 ? { coordinatorKeys: [key, 'g2'] } : { key }
            await talk.ask('a', FindCoordinator, version, keyType === undefined ? keys : { ...keys, keyType })
          }
        }
      }
      await talk.ask('a', FindCoordinator, 4, { coordinatorKeys: [], keyType: 0 })
      await talk.ask('a', FindCoordinator, 6, { coordinatorKeys: ['nonsense'], keyType: 2 })
      await talk.ask('a', FindCoordinator, 5, { coordinatorKeys: ['nonsense'], keyType: 2 })
    },
  },
  {
    name: 'the life of a member in every version',
    topics: ORDERS,
    async speak(talk) {
      for (const version of range(0, VERSIONS.join)) {
        const groupId = `g${version}`
        const [sync, heartbeat, leave] = [5, 4, 5].map((max) => Math.min(version, max)) as [number, number, number]
        const { memberId, generationId } = await join(talk, 'a', version, joining(groupId))
        const describe = Math.min(version, VERSIONS.describe)
        await talk.ask('a', DescribeGroups, describe, { groups: [groupId] })
        const assignments = [{ memberId, assignment: Buffer.from(`for ${version}`) }]
        await talk.ask('a', SyncGroup, sync, syncing(sync, { groupId, generationId, memberId, assignments }))
        await talk.ask('a', SyncGroup, sync, syncing(sync, { groupId, generationId, memberId, assignments: [] }))
        await talk.ask('a', Heartbeat, heartbeat, { groupId, generationId, memberId })
        await talk.ask('a', DescribeGroups, describe, { groups: [groupId] })
        await talk.ask('a', ListGroups, Math.min(version, VERSIONS.list), {})
        await talk.ask('a', DeleteGroups, Math.min(version, VERSIONS.delete), { groupsNames: [groupId] })
        await talk.ask('a', LeaveGroup, leave, leaving(leave, groupId, memberId))
        await talk.ask('a', LeaveGroup, leave, leaving(leave, groupId, memberId))
        await talk.ask('a', DescribeGroups, describe, { groups: [groupId] })
        await talk.ask('a', DeleteGroups, Math.min(version, VERSIONS.delete), { groupsNames: [groupId, groupId] })
        await talk.ask('a', DescribeGroups, describe, { groups: [groupId] })
      }
    },
  },
  {
    name: 'an unknown group in every version',
    topics: ORDERS,
    async speak(talk) {
      const groupId = 'g1'
      const memberId = 'nobody'
      for (const version of range(0, VERSIONS.join))
        await talk.ask('a', JoinGroup, version, joining(groupId, { memberId }))
      for (const version of range(0, VERSIONS.sync))
        await talk.ask(
          'a',
          SyncGroup,
          version,
          syncing(version, { groupId, generationId: 1, memberId, assignments: [] }),
        )
      for (const version of range(0, VERSIONS.heartbeat))
        await talk.ask('a', Heartbeat, version, { groupId, generationId: 1, memberId })
      for (const version of range(0, VERSIONS.leave))
        await talk.ask('a', LeaveGroup, version, leaving(version, groupId, memberId))
      for (const version of range(0, VERSIONS.describe)) {
        await talk.ask('a', DescribeGroups, version, { groups: [groupId] })
        if (version >= 3)
          await talk.ask('a', DescribeGroups, version, { groups: [groupId], includeAuthorizedOperations: true })
      }
      for (const version of range(0, VERSIONS.delete))
        await talk.ask('a', DeleteGroups, version, { groupsNames: [groupId] })
      for (const version of range(2, VERSIONS.commit))
        await commit(talk, version, { groupId, generationIdOrMemberEpoch: 1, memberId }, [
          { topic: 'orders', partition: 0, offset: 5 },
        ])
      for (const version of range(1, VERSIONS.fetch)) {
        await fetch(talk, version, groupId, [{ topic: 'orders', partitions: [0, 7] }])
        if (version >= 2) await fetch(talk, version, groupId, null, true)
      }
      await talk.ask('a', OffsetDelete, 0, {
        groupId,
        topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }],
      })
      await talk.ask('a', OffsetDelete, 0, { groupId, topics: [{ name: 'nope', partitions: [{ partitionIndex: 0 }] }] })
      await talk.ask('a', OffsetDelete, 0, { groupId, topics: [] })
    },
  },
  {
    name: 'a group without a name',
    topics: ORDERS,
    async speak(talk) {
      const groupId = ''
      const memberId = 'nobody'
      await talk.ask('a', JoinGroup, 9, joining(groupId))
      await talk.ask('a', SyncGroup, 5, syncing(5, { groupId, generationId: 1, memberId, assignments: [] }))
      await talk.ask('a', Heartbeat, 4, { groupId, generationId: 1, memberId })
      await talk.ask('a', LeaveGroup, 2, leaving(2, groupId, memberId))
      await talk.ask('a', LeaveGroup, 5, leaving(5, groupId, memberId))
      await talk.ask('a', DescribeGroups, 6, { groups: [groupId] })
      await talk.ask('a', DeleteGroups, 2, { groupsNames: [groupId] })
      await fetch(talk, 9, groupId, [{ topic: 'orders', partitions: [0] }])
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
      await talk.ask('a', OffsetDelete, 0, { groupId, topics })
      await commit(talk, 9, { groupId }, [{ topic: 'orders', partition: 0, offset: 5 }])
      await fetch(talk, 9, groupId, null)
      await talk.ask('a', ListGroups, 5, {})
      await talk.ask('a', DescribeGroups, 6, { groups: [groupId] })
      await talk.ask('a', DeleteGroups, 2, { groupsNames: [groupId] })
    },
  },
  {
    name: 'joins that are refused',
    topics: ORDERS,
    async speak(talk) {
      for (const version of [0, 4, 6, 7, 9]) {
        for (const sessionTimeoutMs of [100, 1_800_001])
          await talk.ask('a', JoinGroup, version, joining('g1', { sessionTimeoutMs }))
        await talk.ask('a', JoinGroup, version, joining('g2', { protocols: [] }))
        await talk.ask('a', JoinGroup, version, joining('g3', { protocolType: '' }))
      }
      await talk.ask('a', ListGroups, 5, {})
      const { memberId, generationId } = await join(talk, 'a', 5, joining('g4'))
      await talk.ask('a', SyncGroup, 5, syncing(5, { groupId: 'g4', generationId, memberId, assignments: [] }))
      await talk.ask('b', JoinGroup, 9, joining('g4', { protocolType: 'connect' }))
      const other = [{ name: 'roundrobin', metadata: Buffer.alloc(0) }]
      await talk.ask('b', JoinGroup, 9, joining('g4', { protocols: other }))
      await talk.ask('b', JoinGroup, 9, joining('g4', { memberId: 'nobody' }))
      await talk.ask('b', JoinGroup, 9, joining('g4', { memberId: 'nobody', groupInstanceId: 'i' }))
      await talk.ask('b', JoinGroup, 9, joining('g4', { memberId, groupInstanceId: 'i' }))
      for (const [protocolType, protocolName] of [
        ['consumer', 'other'],
        ['connect', 'range'],
        ['consumer', 'range'],
        [null, null],
      ])
        await talk.ask('a', SyncGroup, 5, {
          groupId: 'g4',
          generationId,
          memberId,
          protocolType,
          protocolName,
          assignments: [],
        } as never)
      await talk.ask('a', SyncGroup, 5, syncing(5, { groupId: 'g4', generationId: 7, memberId, assignments: [] }))
      await talk.ask('a', Heartbeat, 4, { groupId: 'g4', generationId: 7, memberId })
      await talk.ask('a', Heartbeat, 4, { groupId: 'g4', generationId, memberId: 'nobody' })
      await talk.ask('a', Heartbeat, 4, { groupId: 'g4', generationId, memberId, groupInstanceId: 'i' })
    },
  },
  {
    name: 'two members share a generation and a third makes them rejoin',
    topics: ORDERS,
    async speak(talk) {
      const groupId = 'g1'
      const one = await join(talk, 'a', 5, joining(groupId))
      const two = await beginJoin(talk, 'b', 5, joining(groupId))
      await talk.ask('a2', Heartbeat, 4, { groupId, generationId: 1, memberId: one.memberId })
      const again = await talk.ask('a', JoinGroup, 5, joining(groupId, { memberId: one.memberId }))
      await talk.answer('b', JoinGroup)
      const { generationId } = again
      await commit(talk, 9, { groupId, generationIdOrMemberEpoch: generationId, memberId: two }, [
        { topic: 'orders', partition: 0, offset: 1 },
      ])
      await talk.send('b', SyncGroup, 5, syncing(5, { groupId, generationId, memberId: two, assignments: [] }))
      const assignments = [one.memberId, two].map((memberId, at) => ({ memberId, assignment: Buffer.from([at]) }))
      await talk.ask('a', SyncGroup, 5, syncing(5, { groupId, generationId, memberId: one.memberId, assignments }))
      await talk.answer('b', SyncGroup)
      await commit(talk, 9, { groupId, generationIdOrMemberEpoch: generationId, memberId: two }, [
        { topic: 'orders', partition: 0, offset: 2 },
      ])
      const three = await beginJoin(talk, 'c', 5, joining(groupId))
      for (const memberId of [one.memberId, two])
        await talk.ask('a2', Heartbeat, 4, { groupId, generationId, memberId })
      await commit(talk, 9, { groupId, generationIdOrMemberEpoch: generationId, memberId: two }, [
        { topic: 'orders', partition: 0, offset: 3 },
      ])
      await talk.ask('a2', SyncGroup, 5, syncing(5, { groupId, generationId, memberId: two, assignments: [] }))
      await talk.ask('a2', DescribeGroups, 6, { groups: [groupId] })
      await talk.send('b', JoinGroup, 5, joining(groupId, { memberId: two }))
      await talk.ask('a', JoinGroup, 5, joining(groupId, { memberId: one.memberId }))
      await talk.answer('b', JoinGroup)
      await talk.answer('c', JoinGroup)
      await commit(talk, 9, { groupId, generationIdOrMemberEpoch: generationId, memberId: two }, [
        { topic: 'orders', partition: 0, offset: 4 },
      ])
      await commit(talk, 6, { groupId, generationIdOrMemberEpoch: -1 }, [{ topic: 'orders', partition: 0, offset: 4 }])
      await talk.ask(
        'a',
        SyncGroup,
        5,
        syncing(5, {
          groupId,
          generationId: generationId + 1,
          memberId: one.memberId,
          assignments: [],
        }),
      )
      await talk.ask('a', DeleteGroups, 2, { groupsNames: [groupId] })
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
      await talk.ask('a', OffsetDelete, 0, { groupId, topics })
      const members = [one.memberId, two, three, 'nobody'].map((memberId) => ({ memberId }))
      await talk.ask('a', LeaveGroup, 5, { groupId, members })
      await talk.ask('a', DescribeGroups, 6, { groups: [groupId], includeAuthorizedOperations: true })
      await commit(talk, 6, { groupId, generationIdOrMemberEpoch: -1 }, [{ topic: 'orders', partition: 0, offset: 5 }])
      await fetch(talk, 5, groupId, [{ topic: 'orders', partitions: [0, 1] }])
    },
  },
  {
    name: 'a static member that restarts keeps its place',
    topics: ORDERS,
    async speak(talk) {
      for (const version of range(5, VERSIONS.join)) {
        const groupId = `g${version}`
        const request = joining(groupId, { groupInstanceId: 'one' })
        const first = await join(talk, 'a', version, request)
        const sync = { groupId, generationId: first.generationId, groupInstanceId: 'one' }
        const assignments = [{ memberId: first.memberId, assignment: Buffer.from('all') }]
        await talk.ask('a', SyncGroup, 5, syncing(5, { ...sync, memberId: first.memberId, assignments }))
        const second = await talk.ask('b', JoinGroup, version, request)
        await talk.ask('b', SyncGroup, 5, syncing(5, { ...sync, memberId: second.memberId, assignments: [] }))
        await talk.ask('a', Heartbeat, 4, { ...sync, memberId: first.memberId })
        await talk.ask('b', Heartbeat, 4, { ...sync, memberId: second.memberId })
        await talk.ask('a', SyncGroup, 5, syncing(5, { ...sync, memberId: first.memberId, assignments: [] }))
        await talk.ask('a', JoinGroup, version, { ...request, memberId: first.memberId })
        await commit(
          talk,
          9,
          { groupId, generationIdOrMemberEpoch: first.generationId, memberId: first.memberId, groupInstanceId: 'one' },
          [{ topic: 'orders', partition: 0, offset: 1 }],
        )
        await talk.ask('a', DescribeGroups, 6, { groups: [groupId] })
        const leave = { groupId, members: [{ memberId: first.memberId, groupInstanceId: 'one' }] }
        await talk.ask('a', LeaveGroup, 3, leave)
        await talk.ask('a', LeaveGroup, 4, { groupId, members: [{ memberId: '', groupInstanceId: 'other' }] })
        await talk.ask('a', LeaveGroup, 4, { groupId, members: [{ memberId: '', groupInstanceId: 'one' }] })
        await talk.ask('a', DescribeGroups, 6, { groups: [groupId] })
      }
    },
  },
  {
    name: 'a leader that never syncs is replaced',
    topics: ORDERS,
    async speak(talk) {
      const groupId = 'g1'
      const impatient = joining(groupId, { rebalanceTimeoutMs: 400 })
      const one = await join(talk, 'a', 5, impatient)
      const two = await beginJoin(talk, 'b', 5, impatient)
      const { generationId } = await talk.ask('a', JoinGroup, 5, { ...impatient, memberId: one.memberId })
      await talk.answer('b', JoinGroup)
      await talk.ask('b', SyncGroup, 5, syncing(5, { groupId, generationId, memberId: two, assignments: [] }))
      const next = await talk.ask('b', JoinGroup, 5, { ...impatient, memberId: two })
      const assignments = [{ memberId: two, assignment: Buffer.from('all') }]
      await talk.ask(
        'b',
        SyncGroup,
        5,
        syncing(5, { groupId, generationId: next.generationId, memberId: two, assignments }),
      )
      await talk.ask('a', Heartbeat, 4, { groupId, generationId, memberId: one.memberId })
    },
  },
  {
    name: 'a rolling change of protocol',
    topics: ORDERS,
    async speak(talk) {
      const groupId = 'g1'
      const old = [{ name: 'range', metadata: subscription('orders') }]
      const both = [{ name: 'cooperative-sticky', metadata: subscription('orders') }, ...old]
      const one = await join(talk, 'a', 7, joining(groupId, { protocols: old }))
      const two = await beginJoin(talk, 'b', 7, joining(groupId, { protocols: both }))
      await talk.ask('a', JoinGroup, 7, joining(groupId, { protocols: old, memberId: one.memberId }))
      await talk.answer('b', JoinGroup)
      await talk.send('a', JoinGroup, 7, joining(groupId, { protocols: both, memberId: one.memberId }))
      await talk.until(groupId, 'PreparingRebalance', two)
      await talk.ask('b', JoinGroup, 7, joining(groupId, { protocols: both, memberId: two }))
      await talk.answer('a', JoinGroup)
    },
  },
]
