import { orStopped } from '../../base/or-stopped.js'
import { JavaError } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { LineSplitter } from './line-splitter.js'

/**
 * The lines of standard input, as many at a time as came together; ends at its end, or when `io.stop` fires.
 * @throws JavaError when it cannot be read.
 */
export async function* lineGroups(io: Pick<ToolIo, 'stdin' | 'stop'>): AsyncGenerator<Buffer[], void, undefined> {
  const splitter = new LineSplitter()
  const chunks = io.stdin[Symbol.asyncIterator]()
  for (;;) {
    const chunk = await orStopped(nextChunk(chunks), io.stop)
    if (chunk === null) break
    yield splitter.push(chunk)
  }
  const last = io.stop.aborted ? null : splitter.end()
  if (last !== null) yield [last]
}

async function nextChunk(chunks: AsyncIterator<Buffer | string>): Promise<Buffer | null> {
  try {
    const { done, value } = await chunks.next()
    if (done) return null
    return typeof value === 'string' ? Buffer.from(value) : value
  } catch (error) {
    throw new JavaError('java.io.IOException', `cannot read standard input: ${(error as Error).message}`)
  }
}
