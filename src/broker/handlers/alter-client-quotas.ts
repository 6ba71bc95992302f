import { addressOf } from '../../net/resolve.js'
import { AlterClientQuotas } from '../../protocol/messages/alter-client-quotas.js'
import { handle } from '../handler.js'

/** Sets and removes quotas (KIP-546); they hold as soon as this is answered. */
export const alterClientQuotas = handle(AlterClientQuotas, '0-1', async (request, { broker }) => {
  const hosts = request.entries
    .flatMap(({ entity }) => entity)
    .flatMap(({ entityType, entityName }) => (entityType === 'ip' && entityName !== null ? [entityName] : []))
  const known = new Set<string>()
  for (const host of new Set(hosts)) if ((await addressOf(host)) !== null) known.add(host)
  return await broker.controller.alterClientQuotas(request, (name) => known.has(name))
})
