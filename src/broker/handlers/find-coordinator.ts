import { coordinatorPartition } from '../../bytes/java-hash.js'
import { ErrorCode, errorMessage as messageOf } from '../../protocol/errors.js'
import { FindCoordinator } from '../../protocol/messages/find-coordinator.js'
import { endpointOf } from '../endpoints.js'
import { handle, type RequestContext } from '../handler.js'
import type { InternalTopic } from '../internal-topics.js'

/** By the key type of the request: where the state of such keys is kept. */
const TOPIC_OF: ReadonlyMap<number, InternalTopic> = new Map([
  [0, '__consumer_offsets'],
  [1, '__transaction_state'],
])
/** Parts of share groups, which nobody looks after here: every such key is answered as Kafka does one that is no such key. */
const SHARE = 2
const NOBODY = { nodeId: -1, host: '', port: -1 }

interface Found {
  readonly errorCode: ErrorCode
  readonly errorMessage: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

/** Which broker to ask about a group or a transactional id. The topic behind it is made when it is first needed. */
export const findCoordinator = handle(FindCoordinator, '0-6', async (request, context) => {
  const { keyType } = request
  if (context.clientKnows('coordinatorBatches')) {
    const coordinators = await context.turns.map(request.coordinatorKeys, async (key) => ({
      key,
      ...(await find(keyType, key, context)),
    }))
    return { errorCode: ErrorCode.NONE, ...NOBODY, coordinators }
  }
  const found = await find(keyType, request.key, context)
  // Older versions carry the text of every code, of success too.
  const errorMessage = messageOf(found.errorCode)
  return { ...found, errorMessage, coordinators: [] }
})

async function find(keyType: number, key: string, { broker, connection }: RequestContext): Promise<Found> {
  const name = TOPIC_OF.get(keyType)
  if (keyType === SHARE) return nobody(ErrorCode.INVALID_REQUEST)
  // Kafka gives this one up as a whole, and only then is there a text with each key.
  if (name === undefined) return nobody(ErrorCode.INVALID_REQUEST, messageOf(ErrorCode.INVALID_REQUEST))
  const { metadata } = broker
  if (metadata.image.topic(name) === null) await broker.controllerClient.createInternalTopic(name)
  const topic = metadata.image.topic(name)
  const index = topic === null ? -1 : coordinatorPartition(key, topic.partitions.length)
  const leader = metadata.image.brokers.get(topic?.partitions[index]?.leader ?? -1)
  const endpoint = leader === undefined || leader.fenced ? null : endpointOf(leader, connection)
  if (endpoint === null) return nobody(ErrorCode.COORDINATOR_NOT_AVAILABLE)
  const { nodeId, host, port } = endpoint
  return { errorCode: ErrorCode.NONE, errorMessage: '', nodeId, host, port }
}

function nobody(errorCode: ErrorCode, errorMessage = ''): Found {
  return { errorCode, errorMessage, ...NOBODY }
}
