import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../../base/user-error.js'
import { randomUuid } from '../../bytes/uuid.js'
import { ArgError } from '../arg-parser.js'
import { defineArgTool } from '../arg-tool.js'
import { type DataFormat, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { shape, text } from '../data/shape.js'
import { DEPENDENCIES, RELEASE_LEVELS } from '../feature-data.js'
import { type NamedLevel, printDependencies, printVersionMapping } from '../feature-levels.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'
import type { ToolIo } from '../tool.js'
import { FormatFailure } from './failure.js'
import { format as formatDirectories } from './format.js'
import { STORAGE_GRAMMAR, type StorageArgs } from './grammar.js'
import { printInfo, STORAGE_INFO } from './info.js'
import { readNodeFile } from './node-file.js'
import { readFormatPlan } from './plan.js'

const RANDOM_UUID = shape('random-uuid', { uuid: text('22 letters and digits') }, { isSingle: true })

export const storageTool = defineArgTool({
  name: 'storage',
  program: 'kafka-storage',
  summary: 'Marks log directories as belonging to a cluster, and tells what they are marked with.',
  grammar: () => STORAGE_GRAMMAR,
  data: [STORAGE_INFO, RELEASE_LEVELS, DEPENDENCIES, RANDOM_UUID],
  examples: [
    'random-uuid',
    'format --cluster-id 4L6g3nShT-eMCtK--X86sw --config server.properties --standalone',
    'info --config server.properties',
  ],
  expand: (args, io) => args.flatMap((arg) => (arg.startsWith('@') ? argumentsIn(arg.slice(1), io) : [arg])),
  act: async (command, args, io) => {
    try {
      return await run(command, args, io)
    } catch (error) {
      // Of another cluster's directories Kafka tells in the same words, and in no others.
      const isTold = error instanceof FormatFailure || error instanceof UserError || isKafkaFailure(error)
      if (!isTold) throw error
      io.stderr.line((error as Error).message)
      return 1
    }
  },
})

async function run(command: string, args: StorageArgs, io: ToolIo): Promise<number> {
  const format = readFormat(args.get('output'))
  if (command === 'info') return await printInfo(readNodeFile(args.get('config')!, io.directory), format, io)
  if (command === 'format') {
    formatDirectories(readFormatPlan(readNodeFile(args.get('config')!, io.directory), args, io), io)
  } else if (command === 'version-mapping') await printVersionMapping(args.get('release-version'), format, io)
  else if (command === 'random-uuid') await printUuid(randomUuid(io.random), format, io)
  else {
    const unknown = ({ feature, level }: NamedLevel): string =>
      `Feature level ${level} is not supported for feature ${feature}`
    await printDependencies(args.all('feature').map(parseLevel), unknown, format, io)
  }
  return 0
}

async function printUuid(uuid: string, format: DataFormat | null, io: ToolIo): Promise<void> {
  if (format !== null) await printData(io, format, RANDOM_UUID, [{ uuid }])
  else io.stdout.line(uuid)
}

/** Kafka's two tools word the same complaint differently. */
function parseLevel(text: string): NamedLevel {
  const [feature = '', version, ...more] = text.split('=')
  if (version === undefined || more.length > 0) {
    throw terse(`Invalid feature format: ${text}. Expected format: 'feature=version' (e.g. 'group.version=1')`)
  }
  const level = parseJavaInt(version)
  if (level === null) throw terse(`Invalid version format: ${version} for feature ${feature}`)
  return { feature, level }
}

/** `@file` stands for the lines of the file. */
function argumentsIn(path: string, io: ToolIo): string[] {
  try {
    const lines = readFileSync(resolve(io.directory, path), 'utf8').split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines
  } catch {
    throw new ArgError(`Could not read arguments from file '${path}'`)
  }
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.server.util.TerseFailure', message)
}
