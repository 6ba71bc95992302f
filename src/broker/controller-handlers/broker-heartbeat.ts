import { ErrorCode } from '../../protocol/errors.js'
import { BrokerHeartbeat } from '../../protocol/messages/broker-heartbeat.js'
import { handle } from '../handler.js'

/** A broker shows that it lives, and asks to be unfenced or to stop (KIP-631). */
export const brokerHeartbeat = handle(BrokerHeartbeat, '0-2', async (request, { broker, connection }) =>
  broker.metadata.isActive
    ? await broker.controller.heartbeat(request, connection)
    : { errorCode: ErrorCode.NOT_CONTROLLER, shouldShutDown: false },
)
