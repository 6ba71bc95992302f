import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
beforeEach(async () => {
  home = await KlogHome.make()
})
afterEach(() => home.dispose())

describe('klog quickstart', () => {
  test('shows each command before its output, ends with a lag, and leaves the broker running', async () => {
    const { exitCode, stdout, stderr } = await home.klog(['quickstart'])
    expect(`${stderr}`).not.toMatch(/error/i)
    expect(exitCode).toBe(0)
    const lines = `${stdout}`.split('\n')
    expect(lines.filter((line) => line.startsWith('$ ')).map((line) => /klog ([\w-]+)/.exec(line)?.[1])).toEqual([
      'topics',
      'console-producer',
      'console-consumer',
      'console-producer',
      'consumer-groups',
    ])
    expect(lines).toContain('Created topic quickstart-orders.')
    const lag = lines.filter((line) => /^quickstart-billing\s/.test(line)).map((line) => Number(line.split(/\s+/)[5]))
    expect(lag.reduce((sum, partition) => sum + partition, 0)).toBe(2)
    expect(stdout).toContain('klog broker stop')
    expect(await home.klog(['broker', 'status'])).toMatchObject({ exitCode: 0 })
  })

  test('can be run again', async () => {
    await home.klog(['quickstart'])
    expect(await home.klog(['quickstart'])).toMatchObject({ exitCode: 0 })
  })
})
