import { PushTelemetry } from '../../protocol/messages/push-telemetry.js'
import { traitsOf } from '../client-traits.js'
import { handle } from '../handler.js'

/** A client's metrics, which nobody keeps. Kafka advertises it only with a plugin that would take them. */
export const pushTelemetry = handle(
  PushTelemetry,
  '0',
  (request, context) => context.broker.telemetry.push(request, traitsOf(context)),
  { advertised: false },
)
