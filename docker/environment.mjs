// Kafka's settings from the environment variables that the Apache and Confluent images take.

/** Variables of those images that are no broker settings. */
const NOT_SETTINGS = new Set(
  'KAFKA_VERSION KAFKA_HOME KAFKA_OPTS KAFKA_HEAP_OPTS KAFKA_JVM_PERFORMANCE_OPTS KAFKA_GC_LOG_OPTS KAFKA_LOG4J_OPTS KAFKA_LOG4J_LOGGERS KAFKA_LOG4J_ROOT_LOGLEVEL KAFKA_TOOLS_LOG4J_LOGLEVEL KAFKA_LOG4J_CMD_OPTS KAFKA_JMX_OPTS KAFKA_JMX_PORT KAFKA_JMX_HOSTNAME KAFKA_CLUSTER_ID'.split(
    ' ',
  ),
)

/**
 * @param {Record<string, string | undefined>} env
 * @returns {{ properties: Map<string, string>, clusterId: string | null, notes: string[] }} settings by Kafka's names, the
 *   cluster id if one is asked for, and lines that tell the reader of the container's log what was left out and why.
 */
export function settingsFrom(env) {
  const properties = new Map()
  const notes = []
  for (const [variable, value] of Object.entries(env).sort()) {
    if (!variable.startsWith('KAFKA_') || value === undefined || NOT_SETTINGS.has(variable)) continue
    const name = settingName(variable)
    if (name.startsWith('zookeeper.')) {
      notes.push(`${variable} is ignored: Kafka keeps its metadata itself since version 4, and so does klog`)
    } else if (name.startsWith('confluent.')) {
      notes.push(`${variable} is ignored: it belongs to Confluent's own server`)
    } else {
      properties.set(name, value)
    }
  }
  renameBrokerId(properties)
  fillListeners(properties, env)
  if (!properties.has('log.dirs') && !properties.has('log.dir')) properties.set('log.dirs', '/var/lib/kafka/data')
  return { properties, clusterId: env.CLUSTER_ID ?? env.KAFKA_CLUSTER_ID ?? null, notes }
}

/** `KAFKA_LOG_RETENTION_MS` is `log.retention.ms`; `__` stands for an underscore and `___` for a dash. */
export function settingName(variable) {
  return variable
    .slice('KAFKA_'.length)
    .toLowerCase()
    .replace(/___/g, '\0')
    .replace(/__/g, '\u0001')
    .replace(/_/g, '.')
    .replace(/\0/g, '-')
    .replace(/\u0001/g, '_')
}

function renameBrokerId(properties) {
  const id = properties.get('broker.id')
  properties.delete('broker.id')
  if (id !== undefined && !properties.has('node.id')) properties.set('node.id', id)
}

/** What is advertised decides what is listened on, as in Confluent's image; nothing set means localhost, for a published port. */
function fillListeners(properties, env) {
  const advertised = properties.get('advertised.listeners')
  if (advertised === undefined && !properties.has('listeners')) {
    const host = env.KAFKA_ADVERTISED_HOST_NAME ?? 'localhost'
    properties.set('listeners', 'PLAINTEXT://:9092')
    properties.set('advertised.listeners', `PLAINTEXT://${host}:9092`)
  } else if (!properties.has('listeners')) {
    properties.set('listeners', advertised.replace(/:\/\/[^,]*:(\d+)/g, '://0.0.0.0:$1'))
  }
  properties.delete('advertised.host.name')
}

/** The text of a `server.properties` file. */
export function propertiesText(properties) {
  const escaped = (value) => value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return [...properties].map(([name, value]) => `${name}=${escaped(value)}\n`).join('')
}
