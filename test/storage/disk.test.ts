import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { replaceFile } from '../../src/storage/atomic-file.js'
import { systemDisk } from '../../src/storage/disk.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { seededRandom } from '../support/seeded-random.js'
import { append, bench, everythingIn } from './a-log.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'klog-disk-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('the real disk', () => {
  test('writes and reads at positions, and says how much', () => {
    const file = systemDisk.open(join(directory, 'f'), 'create')
    expect(file.write(Buffer.from('hello'), 0)).toBe(5)
    expect(file.writev([Buffer.from(' wor'), Buffer.from('ld')], 5)).toBe(6)
    const into = Buffer.alloc(20)
    expect(file.read(into, 2, 18, 4)).toBe(7)
    expect(into.toString('latin1', 2, 9)).toBe('o world')
    file.truncate(3)
    expect(file.size()).toBe(3)
    file.sync()
    file.close()
    expect(readFileSync(join(directory, 'f'), 'latin1')).toBe('hel')
    systemDisk.open(join(directory, 'f'), 'empty').close()
    expect(systemDisk.stat(join(directory, 'f'))).toMatchObject({ sizeBytes: 0, isDirectory: false })
  })

  test('tells what is missing from what is wrong', async () => {
    const missing = join(directory, 'missing')
    expect(systemDisk.readFile(missing)).toBeNull()
    expect(systemDisk.stat(missing)).toBeNull()
    expect(systemDisk.list(missing)).toBeNull()
    expect(() => systemDisk.open(missing, 'existing')).toThrow('ENOENT')
    expect(() => systemDisk.readFile(directory)).toThrow('EISDIR')
    systemDisk.remove(missing)
    await systemDisk.removeTree(missing)
    await expect(systemDisk.syncFile(missing)).rejects.toThrow('ENOENT')
  })

  test('replaces files whole, and leaves nothing beside them', async () => {
    const path = join(directory, 'f')
    replaceFile(systemDisk, path, Buffer.from('one'), true)
    replaceFile(systemDisk, path, Buffer.from('2'), false)
    expect([readdirSync(directory), readFileSync(path, 'latin1')]).toEqual([['f'], '2'])
    await systemDisk.syncFile(path)
    systemDisk.makeDirectory(join(directory, 'a/b'))
    symlinkSync(join(directory, 'a'), join(directory, 'link'))
    symlinkSync(join(directory, 'nowhere'), join(directory, 'broken'))
    expect(systemDisk.listDirectories(directory).sort()).toEqual(['a', 'link'])
    for (const link of ['link', 'broken']) systemDisk.remove(join(directory, link))
    await systemDisk.removeTree(join(directory, 'a'))
    expect(systemDisk.list(directory)).toEqual(['f'])
    expect(systemDisk.space(directory).usableBytes).toBeGreaterThan(0)
  })

  test('a log directory on it survives being closed and being left', async () => {
    const { clock, log } = bench()
    const open = () =>
      LogDirectory.open({ disk: systemDisk, clock, log, random: seededRandom(1), path: join(directory, 'logs') })
    const partition = { topic: 't', partition: 0, topicId: 'I3-18XHnT1aDlYzvouUNzQ', config: DEFAULT_LOG_CONFIG }
    let logs = open()
    for (let i = 0; i < 50; i++) append(logs.openLog(partition), { count: 3, valueBytes: i * 1000 })
    const written = everythingIn(logs.openLog(partition))
    await logs.close()
    logs = open()
    expect(everythingIn(logs.openLog(partition)).equals(written)).toBe(true)
    append(logs.openLog(partition))
    logs.abandon()
    logs = open()
    expect(logs.openLog(partition).logEndOffset).toBe(151)
    expect(everythingIn(logs.openLog(partition)).subarray(0, written.length).equals(written)).toBe(true)
    logs.abandon()
  })
})

describe('the lock of a directory', () => {
  const holder = (): string => `
    import { systemDisk } from ${JSON.stringify(join(import.meta.dirname, '../../src/storage/disk.ts'))}
    const lock = systemDisk.lock(${JSON.stringify(directory)})
    console.log(lock === null ? 'refused' : 'held')
    if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL')
    if (process.argv[2] === 'stay') process.stdin.on('end', () => process.exit()).resume()
  `
  const runner = (...more: string[]): string[] => {
    writeFileSync(join(directory, 'holder.mts'), holder())
    return ['--import', import.meta.resolve('tsx'), join(directory, 'holder.mts'), ...more]
  }

  test('is refused to another instance in the same process, and free again when it is released', () => {
    const lock = systemDisk.lock(directory)
    expect(lock).not.toBeNull()
    expect(readdirSync(directory)).toContain('.lock')
    expect(systemDisk.lock(directory)).toBeNull()
    lock!.release()
    expect(readdirSync(directory)).toEqual([])
    const again = systemDisk.lock(directory)
    expect(again).not.toBeNull()
    again!.release()
  })

  test('is refused to another process while one that has it lives, and free once that was killed', async () => {
    const child = spawn(process.execPath, runner('stay'), { stdio: ['pipe', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data).trim())),
    )
    expect(line).toBe('held')
    expect(systemDisk.lock(directory)).toBeNull()
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    expect(readdirSync(directory)).toContain('.lock')
    const lock = systemDisk.lock(directory)
    expect(lock).not.toBeNull()
    expect(execFileSync(process.execPath, runner()).toString().trim()).toBe('refused')
    lock!.release()
    expect(execFileSync(process.execPath, runner()).toString().trim()).toBe('held')
  })

  test.runIf(process.platform === 'linux')(
    'is free when its holder has ended, also while nobody has taken notice of that',
    async () => {
      const quoted = [process.execPath, ...runner('die')].map((word) => `'${word}'`).join(' ')
      // `sleep` inherits a child that it does not know of.
      const parent = spawn('sh', ['-c', `${quoted} & echo $!; exec sleep 60`], { stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void parent.kill())
      const pid = await new Promise<string>((resolve) =>
        parent.stdout.once('data', (data) => resolve(String(data).trim())),
      )
      await expect
        .poll(() => readFileSync(`/proc/${pid.split('\n')[0]}/stat`, 'latin1'), { timeout: 10_000 })
        .toContain(') Z ')
      const lock = systemDisk.lock(directory)
      expect(lock).not.toBeNull()
      lock!.release()
    },
  )

  test('a lock file alone, which a killed broker leaves, blocks nobody', () => {
    writeFileSync(join(directory, '.lock'), '')
    const lock = systemDisk.lock(directory)
    expect(lock).not.toBeNull()
    lock!.release()
  })

  test.runIf(process.platform === 'linux')(
    'a claim of a process that has the same pid but began at another time is old',
    () => {
      writeFileSync(join(directory, `.lock.${process.pid}.12345.abcdef`), '')
      writeFileSync(join(directory, `.lock.1.1.${'0'.repeat(12)}`), '')
      const lock = systemDisk.lock(directory)
      expect(lock).not.toBeNull()
      expect(readdirSync(directory)).toHaveLength(2)
      lock!.release()
    },
  )
})
