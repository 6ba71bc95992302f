import { ErrorCode } from '../protocol/errors.js'
import { type Refusal, refusal } from './decision.js'
import { METADATA_VERSION_FEATURE } from './features.js'
import type { ControllerImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** From this level of `metadata.version` on controllers are in the metadata (3.7-IV0, KIP-919). */
const FIRST_LEVEL = 15

/** Whether the metadata has a place for controllers. */
export function takesControllers(image: MetadataImage): boolean {
  return (image.features.get(METADATA_VERSION_FEATURE) ?? 0) >= FIRST_LEVEL
}

/** A controller says where it listens, and what it can do. */
export function registerController(image: MetadataImage, controller: ControllerImage): MetadataRecord[] | Refusal {
  if (!takesControllers(image)) {
    const reason = 'The current MetadataVersion is too old to support controller registrations.'
    return refusal(ErrorCode.UNSUPPORTED_VERSION, reason)
  }
  const { id, incarnationId, endpoints, features } = controller
  return [
    {
      type: 'RegisterController',
      controllerId: id,
      incarnationId,
      zkMigrationReady: false,
      endPoints: endpoints,
      features: [...features].map(([name, { min, max }]) => ({
        name,
        minSupportedVersion: min,
        maxSupportedVersion: max,
      })),
    },
  ]
}
