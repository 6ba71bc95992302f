import { UserError } from '../base/user-error.js'
import type { Controlled } from './controlled.js'
import type { ControlledCluster } from './controlled-cluster.js'

/** @throws UserError where it is a single broker */
export function clusterOf({ cluster }: Controlled): ControlledCluster {
  if (cluster !== null) return cluster
  throw new UserError(
    'the local broker is a single one, without others beside it',
    'Start three, on a KLOG_HOME that is new or was reset: klog broker start --brokers 3',
  )
}
