import { expect, test } from 'vitest'
import { lineLog } from '../../src/base/log.js'
import { ManualClock } from '../support/manual-clock.js'

const lines: string[] = []
const log = lineLog((line) => void lines.push(line), new ManualClock())

test('a name from the network makes one line, however long it is and whatever is in it', () => {
  log.info(`Group ${'x'.repeat(1_000_000)} is empty`)
  log.info('Group a\u0000b\u001b[31m\r is empty')
  expect(lines[0]!.length).toBeLessThan(10_000)
  expect(lines[0]).toMatch(/xxx… \(\d+ more characters\) \(klog\)\n$/)
  expect(lines[1]).toMatch(/Group a\\x00b\\x1b\[31m\\x0d is empty \(klog\)\n$/)
  log.info('Group a (klog)\n[2026-01-31 12:00:00,000] ERROR all is lost')
  expect(lines[2]).toMatch(/ INFO Group a \(klog\)\n\t\[2026-01-31 12:00:00,000\] ERROR all is lost \(klog\)\n$/)
})
