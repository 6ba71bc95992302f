import { anyEntries, atLeast, between } from '../../protocol/configs/validator.js'
import { CONNECTION, DNS_LOOKUP, int, list, SECURITY, string } from './shared.js'

/** What Kafka's AdminClientConfig checks: numbers and choices. Texts without a rule are not in it. */
export const ADMIN_SETTINGS = [
  list('bootstrap.servers', '', anyEntries),
  string('client.id', ''),
  int('send.buffer.bytes', 131_072, atLeast(-1)),
  int('receive.buffer.bytes', 65_536, atLeast(-1)),
  int('retries', 2_147_483_647, between(0, 2_147_483_647)),
  int('default.api.timeout.ms', 60_000, atLeast(0)),
  DNS_LOOKUP,
  ...CONNECTION,
  ...SECURITY,
]
