import type { ClusterClient } from '../../client/cluster-client.js'
import { executionException, isKafkaFailure, runtimeException } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import type { GroupsOptions } from './options.js'

/** What every action of this tool works with. */
export interface GroupsContext {
  readonly client: ClusterClient
  readonly options: GroupsOptions
  readonly io: ToolIo
  /** Of each call. */
  readonly timeoutMs: number
}

/** Kafka's tool shows the failures of these calls with the names of two exceptions around them. */
export async function wrapped<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw isKafkaFailure(error) ? runtimeException(executionException(error)) : error
  }
}
