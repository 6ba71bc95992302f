import type { ToolIo } from './tool.js'

/** Prints what happens as a line of JSON each: first when, then what. */
export function printEvent(io: Pick<ToolIo, 'stdout' | 'clock'>, name: string, fields: object = {}): void {
  io.stdout.line(JSON.stringify({ timestamp: io.clock.now(), name, ...fields }))
}
