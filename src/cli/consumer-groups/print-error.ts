import type { ToolIo } from '../tool.js'

export function printError(io: ToolIo, message: string): void {
  io.stdout.write(`\nError: ${message}\n`)
}
