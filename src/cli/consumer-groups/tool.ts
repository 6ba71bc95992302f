import { withAdmin } from '../admin.js'
import { isKafkaFailure, JavaError, runtimeException } from '../java-error.js'
import { OptionError } from '../kafka-options.js'
import { defineTool, note, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import type { GroupsContext } from './context.js'
import {
  DELETED_GROUPS,
  DELETED_OFFSETS,
  GROUP_LIST,
  GROUP_MEMBERS,
  GROUP_OFFSETS,
  GROUP_STATES,
  NEW_OFFSETS,
} from './data.js'
import { CONSUMER_GROUPS_OPTIONS, checkGroupsOptions, type GroupsAction, type GroupsOptions } from './options.js'
import { printError } from './print-error.js'

const TIMEOUT_MS = 30_000

export const consumerGroupsTool = defineTool({
  name: 'consumer-groups',
  summary: 'Lists, describes and deletes consumer groups, and moves or deletes their offsets.',
  options: CONSUMER_GROUPS_OPTIONS,
  examples: [
    '--list',
    '--describe --group billing',
    '--describe --group billing --members --verbose',
    '--reset-offsets --group billing --topic orders --to-earliest --execute',
    '--delete --group billing',
  ],
  data: [GROUP_LIST, GROUP_OFFSETS, GROUP_MEMBERS, GROUP_STATES, NEW_OFFSETS, DELETED_OFFSETS, DELETED_GROUPS],
  removed: {
    zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker; groups live in the brokers',
    'new-consumer': 'today: leave it out; there is no other kind of consumer any more',
  },
  act: async (options, io) => {
    const action = checkGroupsOptions(options, io)
    try {
      return await run(action, options, io)
    } catch (error) {
      return fail(error, options, io)
    }
  },
})

async function run(action: GroupsAction, options: GroupsOptions, io: ToolIo): Promise<number> {
  if (action === 'validate-regex') {
    const { validateRegex } = await import('./validate-regex.js')
    try {
      validateRegex(options, io)
    } catch (error) {
      throw error instanceof OptionError ? new UsageError(error.message) : error
    }
    return 0
  }
  const act = await ACTIONS[action]()
  const timeoutMs = Math.max(0, options.long('timeout') ?? TIMEOUT_MS)
  const admin = {
    bootstrap: options.text('bootstrap-server'),
    configFile: options.text('command-config'),
    timeoutMs,
  }
  return await withAdmin(admin, io, (client) => act({ client, options, io, timeoutMs }))
}

/** Whatever Kafka's tool cannot do it tells on stdout, and ends as if all were well. */
function fail(error: unknown, options: GroupsOptions, io: ToolIo): number {
  if (error instanceof UsageError || !isKafkaFailure(error)) throw error
  if (error instanceof JavaError && error.javaClass === 'java.lang.IllegalArgumentException') {
    throw new UsageError(error.message)
  }
  const isFile = error instanceof JavaError && error.javaClass.startsWith('java.nio.file.')
  const shown = isFile && !(error instanceof OptionError) ? runtimeException(error) : error
  const text = `Executing consumer group command failed due to ${shown.message}`
  if (options.has('output')) {
    note(io, text)
    return 1
  }
  printError(io, text)
  return 0
}

/** Returns the exit code. */
type Act = (context: GroupsContext) => Promise<number>

function endingWell(act: (context: GroupsContext) => Promise<void>): Act {
  return async (context) => {
    await act(context)
    return 0
  }
}

const ACTIONS: Readonly<Record<Exclude<GroupsAction, 'validate-regex'>, () => Promise<Act>>> = {
  list: async () => endingWell((await import('./list.js')).list),
  describe: async () => endingWell((await import('./describe.js')).describe),
  delete: async () => (await import('./delete.js')).deleteSelected,
  'reset-offsets': async () => (await import('./reset/reset.js')).reset,
  'delete-offsets': async () => (await import('./delete-offsets.js')).deleteOffsets,
}
