import { ClientError, ConfigError } from './kafka-error.js'

/**
 * What `opening` makes.
 * @throws ClientError, as the constructors of Kafka's clients do, when its settings or addresses make no sense
 */
export async function constructed<T>(what: 'producer' | 'consumer', opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ClientError(`Failed to construct kafka ${what}`, { cause: error })
  }
}
