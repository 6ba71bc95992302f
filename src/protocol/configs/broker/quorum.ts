import { boolean, type ConfigDefinition, int, list } from '../definition.js'
import { atLeast, bootstrapServers, voters } from '../validator.js'

/** The quorum that keeps the metadata log. */
export const quorumConfigs: readonly ConfigDefinition[] = [
  list('controller.quorum.voters', '', 'HIGH', voters),
  list('controller.quorum.bootstrap.servers', '', 'HIGH', bootstrapServers),
  int('controller.quorum.election.timeout.ms', 1000, 'HIGH', atLeast(0)),
  int('controller.quorum.fetch.timeout.ms', 2000, 'HIGH', atLeast(0)),
  int('controller.quorum.election.backoff.max.ms', 1000, 'HIGH', atLeast(0)),
  int('controller.quorum.append.linger.ms', 25, 'MEDIUM', atLeast(0)),
  int('controller.quorum.request.timeout.ms', 2000, 'MEDIUM', atLeast(0)),
  int('controller.quorum.retry.backoff.ms', 20, 'LOW', atLeast(0)),
  boolean('controller.quorum.auto.join.enable', false, 'LOW'),
  int('controller.quorum.fetch.snapshot.max.bytes', 1048576, 'LOW', atLeast(1)),
  int('controller.quorum.fetch.max.bytes', 1048576, 'LOW', atLeast(1)),
]
