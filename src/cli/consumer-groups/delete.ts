import { deleteGroups } from '../../client/groups.js'
import type { KafkaError } from '../../client/kafka-error.js'
import { ErrorCode } from '../../protocol/errors.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { javaText } from '../java-error.js'
import { inHashOrder } from '../java-hash-order.js'
import { suggestGroup } from '../suggest.js'
import type { GroupsContext } from './context.js'
import { DELETED_GROUPS } from './data.js'
import { allGroupIds } from './list.js'
import { printError } from './print-error.js'

export async function deleteSelected(context: GroupsContext): Promise<number> {
  const { client, options, io, timeoutMs } = context
  const ids = options.has('all-groups') ? await allGroupIds(context) : options.texts('group')
  const results = await deleteGroups(client, ids, timeoutMs)
  const inOrder = inHashOrder(ids).map((id) => [id, results.get(id) ?? null] as const)
  const deleted = inOrder.filter(([, error]) => error === null).map(([id]) => `'${id}'`)
  for (const [id, error] of inOrder) {
    if (error?.code === ErrorCode.GROUP_ID_NOT_FOUND) await suggestGroup(client, id, io)
  }
  const format = readFormat(options.text('output'))
  if (format !== null) {
    const rows = inOrder.map(([group, error]) => ({ group, error: error?.message ?? null }))
    await printData(io, format, DELETED_GROUPS, rows)
    return rows.some(({ error }) => error !== null) ? 1 : 0
  }
  const failed = inOrder.filter((result): result is readonly [string, KafkaError] => result[1] !== null)
  if (failed.length === 0) {
    io.stdout.line(`Deletion of requested consumer groups (${deleted.join(', ')}) was successful.`)
    return 0
  }
  printError(io, 'Deletion of some consumer groups failed:')
  for (const [id, error] of failed) {
    io.stdout.line(`* Group '${id}' could not be deleted due to: ${javaText(error)}`)
  }
  if (deleted.length > 0) {
    io.stdout.write(`\nThese consumer groups were deleted successfully: ${deleted.join(', ')}\n`)
  }
  return 0
}
