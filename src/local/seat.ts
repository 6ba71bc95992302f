/** The place of one broker in a cluster on this machine: it stays when the broker goes. */
export interface Seat {
  readonly id: number
  /** Where its clients come. */
  readonly port: number
  /** Where the other nodes come to it for the metadata quorum; null for a broker that has no vote. */
  readonly controllerPort: number | null
}

/** Whoever sets how long a broker may be silent wants to see just that: a broker that is gone is not noticed before. */
export function noticesHangUps(set: Iterable<readonly [name: string, value: string]>): boolean {
  return ![...set].some(([name]) => name === 'broker.session.timeout.ms')
}

const REPLICATION_FACTOR_MAX = 3

/**
 * What a broker in `seat` is started with, by Kafka's names. What people may set otherwise is in `habits`: times that let a
 * cluster on one machine notice within two seconds what Kafka's defaults, made for networks, take eleven for.
 */
export function seatSettings(
  seat: Seat,
  seats: readonly Seat[],
  host: string,
  directory: string,
): { habits: Map<string, string>; place: Map<string, string> } {
  const voters = seats.filter(({ controllerPort }) => controllerPort !== null)
  const factor = Math.min(REPLICATION_FACTOR_MAX, voters.length)
  const minIsr = Math.max(1, factor - 1)
  const habits = {
    'broker.session.timeout.ms': 1000,
    'broker.heartbeat.interval.ms': 250,
    'controller.quorum.election.timeout.ms': 200,
    'controller.quorum.election.backoff.max.ms': 200,
    'controller.quorum.fetch.timeout.ms': 600,
    'replica.lag.time.max.ms': 3000,
    'offsets.topic.replication.factor': factor,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': minIsr,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': minIsr,
  }
  const own = [`PLAINTEXT://${host}:${seat.port}`]
  if (seat.controllerPort !== null) own.push(`CONTROLLER://${host}:${seat.controllerPort}`)
  const place = {
    'node.id': seat.id,
    'process.roles': seat.controllerPort === null ? 'broker' : 'broker,controller',
    'log.dirs': directory,
    listeners: own.join(','),
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': voters.map(({ id, controllerPort }) => `${id}@${host}:${controllerPort}`).join(','),
  }
  return { habits: texts(habits), place: texts(place) }
}

function texts(settings: Readonly<Record<string, string | number>>): Map<string, string> {
  return new Map(Object.entries(settings).map(([name, value]) => [name, String(value)]))
}
