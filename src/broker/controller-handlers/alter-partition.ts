import { ErrorCode } from '../../protocol/errors.js'
import { AlterPartition } from '../../protocol/messages/alter-partition.js'
import { handle } from '../handler.js'

/** A partition's leader proposes who is in sync (KIP-497). */
export const alterPartition = handle(AlterPartition, '2-3', async (request, { broker }) =>
  broker.metadata.isActive
    ? await broker.controller.alterPartition(request)
    : { errorCode: ErrorCode.NOT_CONTROLLER, topics: [] },
)
