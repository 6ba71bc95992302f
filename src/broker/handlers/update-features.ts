import { UpdateFeatures } from '../../protocol/messages/update-features.js'
import { handle } from '../handler.js'

/** Moves the features of the cluster to other levels; all of them or none. */
export const updateFeatures = handle(UpdateFeatures, '0-2', (request, { broker }) => {
  const ranges = broker.supportedFeatures.map(
    ({ name, minVersion, maxVersion }) => [name, { min: minVersion, max: maxVersion }] as const,
  )
  return broker.controller.updateFeatures(request, new Map(ranges))
})
