import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const klog = join(import.meta.dirname, '../../bin/klog.js')

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'klog-compiled-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A command that asks no broker. */
const run = (directory = home) =>
  execa(process.execPath, [klog, 'storage', 'random-uuid'], { env: { KLOG_HOME: directory } })

const kept = (): string[] => readdirSync(join(home, 'compiled')).map((name) => join(home, 'compiled', name))

describe.skipIf('enableCompileCache' in module)('what was compiled of a tool is kept', () => {
  test('once, in the home of klog, where nobody else may write', async () => {
    await run()
    const [file = ''] = kept()
    const { mode, mtimeMs } = statSync(file)
    expect(mode & 0o777).toBe(0o600)
    expect((await run()).stdout).toHaveLength(22)
    expect(kept()).toEqual([file])
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
  })

  test('and made anew where the file was damaged, or others may write to it', async () => {
    await run()
    const [file = ''] = kept()
    const { size } = statSync(file)
    truncateSync(file, size / 2)
    expect((await run()).stdout).toHaveLength(22)
    expect(statSync(file).size).toBeGreaterThan(size / 2)
    chmodSync(file, 0o666)
    expect((await run()).stdout).toHaveLength(22)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('nowhere before klog has a home', async () => {
    const nowhere = join(home, 'not-there')
    await run(nowhere)
    expect(existsSync(nowhere)).toBe(false)
  })
})
