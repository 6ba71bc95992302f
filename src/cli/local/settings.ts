import { existsSync, readFileSync } from 'node:fs'
import { UserError } from '../../base/user-error.js'
import { parseProperties } from '../properties.js'
import type { Home } from './home.js'

export const DEFAULT_PORT = 9092

/** The settings of a file in the form of Kafka's `server.properties`. */
export function readSettings(file: string): Map<string, string> {
  try {
    return parseProperties(readFileSync(file, 'latin1'))
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`, 'Give the path of a properties file.')
  }
}

/** The settings that hold for every start in `home`; none where no such file was written. */
export function homeSettings(home: Home): Map<string, string> {
  return existsSync(home.propertiesFile) ? readSettings(home.propertiesFile) : new Map()
}

/** Where the broker of `home` listens when nothing else is said. */
export function configuredPort(home: Home): number {
  const listener = homeSettings(home).get('listeners')?.split(',')[0]
  const port = listener === undefined ? Number.NaN : Number(listener.slice(listener.lastIndexOf(':') + 1))
  return Number.isInteger(port) ? port : DEFAULT_PORT
}
