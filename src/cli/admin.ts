import { type ClientConfig, readClientConfig } from '../client/client-config.js'
import { ClusterClient } from '../client/cluster-client.js'
import { ConfigConflict, ConfigError } from '../client/kafka-error.js'
import { withContext } from './context/apply.js'
import { JavaError } from './java-error.js'
import { loadProperties } from './properties.js'
import { note, type ToolIo } from './tool.js'

export interface AdminOptions {
  /** Value of --bootstrap-server; without it `bootstrap.servers` of the file, else the local broker. */
  readonly bootstrap: string | undefined
  /** Path of a properties file with client settings. */
  readonly configFile: string | undefined
  /** How the client names itself to the brokers, unless the file says. */
  readonly clientId?: string
  /** Longest wait of one call that is told to a person who waits for an answer. */
  readonly timeoutMs?: number
  /** `bootstrap` is the value of --bootstrap-controller. */
  readonly areControllers?: boolean
}

/**
 * Runs `act` with a client for the cluster that the command line names.
 * @throws JavaError when the settings cannot be read, ConfigError when they make no sense.
 */
export async function withAdmin<T>(
  options: AdminOptions,
  io: ToolIo,
  act: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  const client = await openAdmin(await readAdminConfig(options, io), options, io)
  try {
    return await act(client)
  } finally {
    client.close()
  }
}

/** @throws JavaError when the settings cannot be read, ConfigError when they make no sense. */
export async function readAdminConfig(options: AdminOptions, io: ToolIo): Promise<ClientConfig> {
  const given: ReadonlyMap<string, string> =
    options.configFile === undefined ? new Map() : loadProperties(options.configFile, io.directory)
  const properties = withContext(given, options.bootstrap, io)
  // Kafka wants the option in any case; without it the file's addresses are meant, not some broker of this machine.
  const bootstrap = await io.bootstrap(options.bootstrap ?? properties.get('bootstrap.servers'))
  try {
    return readClientConfig(bootstrap, properties, options.clientId)
  } catch (error) {
    throw error instanceof ConfigConflict ? notCreated(error, io) : error
  }
}

async function openAdmin(config: ClientConfig, options: AdminOptions, io: ToolIo): Promise<ClusterClient> {
  const patienceS = Math.round((options.timeoutMs ?? config.apiTimeoutMs) / 1000)
  try {
    return await ClusterClient.open({
      config,
      clock: io.clock,
      random: io.random,
      areControllers: options.areControllers ?? false,
      onUnreachable: ({ host, port }) => {
        note(io, `nothing answers at ${host}:${port}; trying again for up to ${patienceS} s`)
      },
    })
  } catch (error) {
    throw error instanceof ConfigError ? notCreated(error, io) : error
  }
}

/** Kafka's tools do not say why; klog does. */
function notCreated(reason: ConfigError, io: ToolIo): JavaError {
  note(io, reason.message)
  return new JavaError('org.apache.kafka.common.KafkaException', 'Failed to create new KafkaAdminClient')
}
