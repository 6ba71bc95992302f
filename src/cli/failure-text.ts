import { note, type ToolIo } from './tool.js'

/** Kafka's line alone; what was behind it is a remark. */
export function tellFailure(error: Error, io: Pick<ToolIo, 'stderr'>): void {
  io.stderr.line(error.message)
  const text = failureText(error)
  if (text !== error.message) note(io, text)
}

/** What went wrong, without the names of Java's classes: the message, and what was behind it. */
export function failureText(error: Error): string {
  const reason = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${MISSING_FILE.has(javaClassOf(error)) ? `no such file: ${error.message}` : error.message}${reason}`
}

const MISSING_FILE = new Set(['java.nio.file.NoSuchFileException'])

function javaClassOf(error: Error): string {
  return String((error as { javaClass?: unknown }).javaClass)
}
