import { type ConfigDefinition, INT_MAX, int, list, long, string } from '../definition.js'
import { atLeast, someEntries, someEntriesOrNull } from '../validator.js'

/** Listeners and sockets. */
export const networkConfigs: readonly ConfigDefinition[] = [
  list('listeners', 'PLAINTEXT://:9092', 'HIGH', someEntries, 'per-broker'),
  list('advertised.listeners', null, 'HIGH', someEntriesOrNull),
  string(
    'listener.security.protocol.map',
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'LOW',
    'per-broker',
  ),
  int('socket.send.buffer.bytes', 102400, 'HIGH'),
  int('socket.receive.buffer.bytes', 102400, 'HIGH'),
  int('socket.request.max.bytes', 104857600, 'HIGH', atLeast(1)),
  int('socket.listen.backlog.size', 50, 'MEDIUM', atLeast(1)),
  int('max.connections.per.ip', INT_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
  string('max.connections.per.ip.overrides', '', 'MEDIUM', 'cluster-wide'),
  int('max.connections', INT_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
  int('max.connection.creation.rate', INT_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
  long('connections.max.idle.ms', 600000, 'MEDIUM'),
  int('connection.failed.authentication.delay.ms', 100, 'LOW', atLeast(0)),
  int('queued.max.requests', 500, 'HIGH', atLeast(1)),
  long('queued.max.request.bytes', -1, 'MEDIUM'),
  int('num.network.threads', 3, 'HIGH', atLeast(1), 'cluster-wide'),
  int('controller.socket.timeout.ms', 30000, 'MEDIUM'),
]
