import { isCallFailure } from '../../client/call-failure.js'

/** The tool tells this and ends. */
export class TransactionFailure extends Error {
  override name = 'TransactionFailure'
}

/** Runs `work`; what the cluster has against it is told with `what` in front. @throws TransactionFailure */
export async function orFail<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isCallFailure(error)) throw error
    throw new TransactionFailure(`${what}: ${error.message}. Enable debug logging for additional detail.`)
  }
}
