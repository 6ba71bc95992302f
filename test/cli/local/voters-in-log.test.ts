import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasVotersInLog } from '../../../src/cli/local/voters-in-log.js'
import { buildBatch } from '../../../src/records/builder.js'
import { buildKRaftControlBatch } from '../../../src/records/control.js'

test('whether a log says where its voters are is found in its segments and snapshots', () => {
  const root = mkdtempSync(join(tmpdir(), 'klog-voters-'))
  const directory = join(root, '__cluster_metadata-0')
  const record = { type: 'KRAFT_VERSION', version: 0, kRaftVersion: 0 } as const
  const voters = { type: 'KRAFT_VOTERS', version: 0, voters: [] } as const
  const plain = buildBatch({ records: [{ timestamp: 0, key: null, value: Buffer.from('x') }] })
  try {
    expect(hasVotersInLog(root)).toBe(false)
    mkdirSync(directory)
    const segment = Buffer.concat([plain, buildKRaftControlBatch({ record, timestamp: 0 })])
    writeFileSync(join(directory, '00000000000000000000.log'), segment)
    expect(hasVotersInLog(root)).toBe(false)
    const snapshot = buildKRaftControlBatch({ record: voters, timestamp: 0 })
    writeFileSync(join(directory, '00000000000000000009-0000000001.checkpoint'), snapshot)
    expect(hasVotersInLog(root)).toBe(true)
  } finally {
    rmSync(root, { recursive: true })
  }
})
