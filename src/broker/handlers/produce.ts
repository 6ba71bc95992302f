import { Produce } from '../../protocol/messages/produce.js'
import { handle } from '../handler.js'
import { ProduceRun } from '../produce-run.js'

/** Appends batches to the logs. Versions 0 to 2 are advertised only: old librdkafka will not compress otherwise (KAFKA-18659). */
export const produce = handle(Produce, '0-13', (request, context) => new ProduceRun(request, context).answer(), {
  overlaps: true,
  releasesRequest: true,
})
