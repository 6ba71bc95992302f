import { describe, expect, test } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, append, bench, DIRECTORY, FROM_CLIENT, openLog } from './a-log.js'

/** Of what was not promised to be there nothing is. */
const UNKIND = { int: () => 0, bytes: (count: number) => Buffer.alloc(count) }

describe('a power failure that takes every name which was not synced', () => {
  test('leaves a log that was flushed, in the directory that was made for it', () => {
    const on = bench()
    on.disk.makeDirectory('/logs')
    on.disk.syncDirectory('/')
    const log = openLog(on, { flushMessages: 1 })
    append(log)
    log.roll()
    append(log)
    const left = bench(on.disk.afterHarshPowerFailure(UNKIND))
    expect(left.disk.list(DIRECTORY)).toContain('00000000000000000001.log')
    expect(openLog(left, { wasCleanShutdown: false }).logEndOffset).toBe(2)
  })

  test('leaves everything where the directory was closed in order, whatever had to be made for it', async () => {
    const on = bench()
    const path = '/home/klog/data'
    const directory = LogDirectory.open({ ...on, random: seededRandom(1), path })
    const partition = { topic: 't', partition: 0, topicId: 'I3-18XHnT1aDlYzvouUNzQ', config: DEFAULT_LOG_CONFIG }
    directory.openLog(partition).append(aBatch(), FROM_CLIENT)
    await directory.close(3)
    const disk = on.disk.afterHarshPowerFailure(UNKIND)
    const reopened = LogDirectory.open({ ...bench(disk), random: seededRandom(1), path })
    expect(reopened.previousBrokerEpoch).toBe(3)
    expect(reopened.openLog(partition).logEndOffset).toBe(1)
  })
})
