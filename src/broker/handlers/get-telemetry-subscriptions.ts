import { GetTelemetrySubscriptions } from '../../protocol/messages/get-telemetry-subscriptions.js'
import { traitsOf } from '../client-traits.js'
import { handle } from '../handler.js'

/** Which metrics somebody wants of a client. Kafka advertises it only with a plugin that would take them. */
export const getTelemetrySubscriptions = handle(
  GetTelemetrySubscriptions,
  '0',
  (request, context) => context.broker.telemetry.get(request, traitsOf(context)),
  { advertised: false },
)
