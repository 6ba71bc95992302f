import { describe, expect, test } from 'vitest'
import { loadFormatter } from '../../../src/cli/console-consumer/formatters.js'

const OFFSETS = 'OffsetsMessageFormatter'
const GROUPS = 'GroupMetadataMessageFormatter'
const TRANSACTIONS = 'TransactionLogMessageFormatter'
const SHARES = 'group.share.ShareGroupStateMessageFormatter'

const OFFSET_KEY = '0001 0001 67 0001 74 00000000'
const OLD_OFFSET_KEY = '0000 0001 67 0001 74 00000000'
const GROUP_KEY = '0002 0001 67'
const TRANSACTION_KEY = '0000 0003 746964'
const OFFSET_JSON = '{"key":{"type":1,"data":{"group":"g","topic":"t","partition":0}},'

async function show(className: string, key: string | null, value: string | null): Promise<string> {
  const formatter = await loadFormatter(`org.apache.kafka.tools.consumer.${className}`, new Map(), () => {})
  const written: Uint8Array[] = []
  const record = { topic: 'x', partition: 0, offset: 7, timestamp: 0, timestampType: null, headers: [] }
  formatter.format({ ...record, key: bytes(key), value: bytes(value) }, (chunk) => written.push(chunk))
  return Buffer.concat(written).toString()
}

function bytes(hex: string | null): Buffer | null {
  return hex === null ? null : Buffer.from(hex.replaceAll(' ', ''), 'hex')
}

// What Apache Kafka 4.3.1 printed for the same bytes.
describe("records of Kafka's own topics", () => {
  test.each([
    [OFFSETS, OFFSET_KEY, null, `${OFFSET_JSON}"value":null}`],
    [OFFSETS, OLD_OFFSET_KEY, null, '{"key":{"type":0,"data":{"group":"g","topic":"t","partition":0}},"value":null}'],
    [
      OFFSETS,
      OFFSET_KEY,
      '0003 0000000000000005 ffffffff 0000 0000018000000000',
      `${OFFSET_JSON}"value":{"version":3,"data":{"offset":5,"leaderEpoch":-1,"metadata":"","commitTimestamp":1649267441664}}}`,
    ],
    [
      OFFSETS,
      OFFSET_KEY,
      '0001 0000000000000005 0000 0000018000000000 0000018000000001',
      `${OFFSET_JSON}"value":{"version":1,"data":{"offset":5,"metadata":"","commitTimestamp":1649267441664,"expireTimestamp":1649267441665}}}`,
    ],
    [
      OFFSETS,
      OFFSET_KEY,
      '0004 0000000000000005 ffffffff 01 0000018000000000 00',
      `${OFFSET_JSON}"value":{"version":4,"data":{"offset":5,"leaderEpoch":-1,"metadata":"","commitTimestamp":1649267441664}}}`,
    ],
    [
      GROUPS,
      GROUP_KEY,
      '0003 0008 636f6e73756d6572 00000001 ffff ffff 0000018000000000 00000000',
      '{"key":{"type":2,"data":{"group":"g"}},"value":{"version":3,"data":{"protocolType":"consumer","generation":1,"protocol":null,"leader":null,"currentStateTimestamp":1649267441664,"members":[]}}}',
    ],
    [
      GROUPS,
      GROUP_KEY,
      '0000 0000 00000001 ffff ffff 00000000',
      '{"key":{"type":2,"data":{"group":"g"}},"value":{"version":0,"data":{"protocolType":"","generation":1,"protocol":null,"leader":null,"members":[]}}}',
    ],
    [
      TRANSACTIONS,
      TRANSACTION_KEY,
      '0000 0000000000000001 0001 0000ea60 01 00000000 0000018000000000 0000018000000000',
      '{"key":{"type":0,"data":{"transactionalId":"tid"}},"value":{"version":0,"data":{"producerId":1,"producerEpoch":1,"transactionTimeoutMs":60000,"transactionStatus":1,"transactionPartitions":[],"transactionLastUpdateTimestampMs":1649267441664,"transactionStartTimestampMs":1649267441664}}}',
    ],
    [
      TRANSACTIONS,
      TRANSACTION_KEY,
      '0001 0000000000000001 0001 0000ea60 01 00 0000018000000000 0000018000000000 04 00 08 0000000000000002 01 08 0000000000000003 02 02 0002 03 02 0005',
      '{"key":{"type":0,"data":{"transactionalId":"tid"}},"value":{"version":1,"data":{"producerId":1,"previousProducerId":2,"nextProducerId":3,"producerEpoch":1,"nextProducerEpoch":5,"transactionTimeoutMs":60000,"transactionStatus":1,"transactionPartitions":null,"transactionLastUpdateTimestampMs":1649267441664,"transactionStartTimestampMs":1649267441664,"clientTransactionVersion":2}}}',
    ],
    [
      SHARES,
      '0000 0001 67 00112233445566778899aabbccddeeff 00000003',
      null,
      '{"key":{"type":0,"data":{"groupId":"g","topicId":"ABEiM0RVZneImaq7zN3u_w","partition":3}},"value":null}',
    ],
  ])('%s shows key %s and value %s as Kafka does', async (className, key, value, expected) => {
    expect(await show(className, key, value)).toBe(expected)
  })

  test.each([
    [OFFSETS, null],
    [OFFSETS, GROUP_KEY],
    [OFFSETS, '0063 00'],
    [OFFSETS, 'ffff 00'],
    [GROUPS, OFFSET_KEY],
    [GROUPS, '0003 0001 67'],
    [TRANSACTIONS, '0001 0003 746964'],
    [SHARES, '0005 00'],
  ])('%s passes over a record of another kind, key %s', async (className, key) => {
    expect(await show(className, key, null)).toBe('')
  })

  test.each([
    [OFFSETS, '', '00', "Could not read record at offset 7 due to: Could not read version from key's buffer."],
    [OFFSETS, OFFSET_KEY, '', "Could not read record at offset 7 due to: Could not read version from value's buffer."],
    [
      OFFSETS,
      OFFSET_KEY,
      '0009 00',
      'Could not read record at offset 7 due to: Found an unknown record version 9 for 1 type',
    ],
    [
      OFFSETS,
      OFFSET_KEY,
      'ffff 00',
      'Could not read record at offset 7 due to: Found an unknown record version -1 for 1 type',
    ],
    [
      OFFSETS,
      OLD_OFFSET_KEY,
      '0001 00',
      'Could not read record at offset 7 due to: Found an unknown record version 1 for 0 type',
    ],
    [
      OFFSETS,
      '0001 0001 67',
      null,
      "Could not read record at offset 7 due to: Could not read record with version 1 from key's buffer",
    ],
    [
      OFFSETS,
      OFFSET_KEY,
      '0003 00',
      "Could not read record at offset 7 due to: Could not read record with version 3 from value's buffer",
    ],
  ])('%s cannot show key %j and value %j', async (className, key, value, message) => {
    await expect(show(className, key, value)).rejects.toThrow(message)
  })
})
