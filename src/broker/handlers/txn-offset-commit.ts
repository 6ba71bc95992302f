import { type CommitAnswer, type CommitEvent, commit, uniform } from '../../group/commit.js'
import { ErrorCode } from '../../protocol/errors.js'
import { TxnOffsetCommit } from '../../protocol/messages/txn-offset-commit.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { toldAs } from '../coordinator-writing.js'
import { OFFSETS_TOPIC } from '../group-coordinators.js'
import { handle, type RequestContext } from '../handler.js'
import { codesByTopic, committable, sifted } from '../offset-commits.js'
import { askForAdmission } from '../transaction-admission.js'

type Request = ReadRequest<typeof TxnOffsetCommit>

/** The offsets that a transaction has read to: they count once it has ended, if it is committed. */
export const txnOffsetCommit = handle(TxnOffsetCommit, '0-5', async (request, context) => {
  const {
    groupId,
    generationId: generation,
    memberId,
    groupInstanceId: instanceId,
    producerId,
    producerEpoch,
  } = request
  const asked = await context.turns.map(request.topics, (topic) => sifted(topic, context))
  const topics = asked.map(committable).filter(({ partitions }) => partitions.length > 0)
  const producer = { id: producerId, epoch: producerEpoch }
  const event = { groupId, generation, memberId, instanceId, retentionMs: null, topics, producer }
  const answer = topics.length === 0 ? { topics: [] } : await admitAndCommit(event, request, context)
  return { topics: codesByTopic(asked, answer) }
})

async function admitAndCommit(
  event: Omit<CommitEvent, 'asker'>,
  request: Request,
  context: RequestContext,
): Promise<CommitAnswer> {
  if (event.groupId === '') return uniform(event, ErrorCode.INVALID_GROUP_ID)
  const error = await admit(request, context)
  if (error !== ErrorCode.NONE) return uniform(event, toldAs(error))
  return context.broker.groups.ask<CommitAnswer>(
    event.groupId,
    (turn, asker) => commit(turn, { asker, ...event }),
    (refused) => uniform(event, refused),
  )
}

/** As for the first batch of a producer on a partition: the transaction's coordinator has to know of the group's (KIP-890). */
async function admit(request: Request, context: RequestContext): Promise<ErrorCode> {
  const { groupId, transactionalId, producerId, producerEpoch } = request
  const { broker } = context
  const isVersion2 = context.clientKnows('transactionVersion2')
  const mustVerify = broker.config.boolean('transaction.partition.verification.enable')
  const index = broker.groups.partitionOf(groupId)
  const partition = broker.partitions.find(OFFSETS_TOPIC, index)
  if (partition === null || !partition.isLeader) return ErrorCode.NOT_LEADER_OR_FOLLOWER
  const batch = { producerId, producerEpoch, baseSequence: 0 }
  if (!isVersion2 && !mustVerify) return partition.guards.refuse(batch, null, false)
  const guard = partition.guards.begin(batch, isVersion2, broker.clock.now())
  if (typeof guard === 'number') return guard
  if (guard !== null) {
    const partitions = [{ topic: OFFSETS_TOPIC, partition: index }]
    const question = { transactionalId, producerId, producerEpoch, partitions, isAdding: isVersion2 }
    const error = (await askForAdmission(broker, question))[0]!
    if (error !== ErrorCode.NONE) return toldOfAdmission(error, context)
  }
  return partition.guards.refuse(batch, guard, mustVerify)
}

function toldOfAdmission(error: ErrorCode, context: RequestContext): ErrorCode {
  const isOld = error === ErrorCode.TRANSACTION_ABORTABLE && !context.clientKnows('abortableTransactions')
  return isOld ? ErrorCode.INVALID_TXN_STATE : error
}
