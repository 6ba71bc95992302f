import type { Random } from '../../src/base/random.js'
import { controllerHandlers } from '../../src/broker/controller-handlers.js'
import type { ScalarKind } from '../../src/protocol/schema.js'
import { choicesBy, oneOf, requestToOne } from './lies.js'
import type { Choices } from './made-request.js'

/** What a liar knows of the cluster. */
export interface Known {
  readonly clusterId: string
  /** About where the quorum's epochs are. */
  readonly epoch: number
}

const NODES = [0, 1, 2, 0, 1, 2, 3, -1]
const METADATA_TOPIC = '__cluster_metadata'
const METADATA_TOPIC_ID = Buffer.from('00000000000000000000000000000001', 'hex')
const OFFSETS = [0, 0, 1, 5, 10, 20, 40, 60, 100, 1000]
const EPOCH_LAST = 2 ** 31 - 1
const EPOCHS = [-2, -1, 0, 0, 1, 1, 2, 3]

/**
 * A request to a controller that is what its schema says, and may be taken for one of a voter or a broker: its nodes, topic,
 * offsets and epochs can be those of the cluster.
 */
export function lyingToController(random: Random, known: Known): Buffer {
  return requestToOne(controllerHandlers, random, knowingChoices(random, known))
}

function knowingChoices(random: Random, known: Known): Choices {
  const others = choicesBy(random)
  return {
    ...others,
    value: (field, kind) =>
      (random.int(5) > 0 ? likely(field, kind, random, known) : null) ?? others.value(field, kind),
  }
}

/** Null where nothing is more likely than anything else. */
function likely(field: string, kind: ScalarKind, random: Random, known: Known): Buffer | null {
  const name = field.slice(field.lastIndexOf('.') + 1)
  if (name === 'clusterId') return Buffer.from(known.clusterId)
  if (name === 'requestData') return lyingToController(random, known)
  if (kind === 'string' && /^topic(Name)?$/.test(name)) return Buffer.from(METADATA_TOPIC)
  if (kind === 'uuid' && name === 'topicId') return METADATA_TOPIC_ID
  if (/partition(Index|Id)?$/.test(name)) return number(kind, 0)
  if (/epoch$/i.test(name))
    return number(kind, random.int(12) === 0 ? EPOCH_LAST : Math.max(-1, known.epoch + oneOf(EPOCHS, random)))
  if (/(replica|voter|leader|candidate|broker|controller|node)Id$/i.test(name))
    return number(kind, oneOf(NODES, random))
  if (/offset$/i.test(name)) return number(kind, oneOf(OFFSETS, random))
  return null
}

function number(kind: ScalarKind, value: number): Buffer | null {
  const bytes = Buffer.alloc(kind === 'int32' ? 4 : 8)
  if (kind === 'int32') bytes.writeInt32BE(value)
  else if (kind === 'int64' || kind === 'int64Bits') bytes.writeBigInt64BE(BigInt(value))
  else return null
  return bytes
}
