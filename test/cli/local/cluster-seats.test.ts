import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../../../src/base/user-error.js'
import { seatDirectory } from '../../../src/cli/local/cluster-file.js'
import { clusterIdOf, oneMoreSeat, seatsToStart } from '../../../src/cli/local/cluster-seats.js'
import { type Home, homeOf } from '../../../src/cli/local/home.js'

let home: Home
beforeEach(() => {
  home = homeOf({ KLOG_HOME: mkdtempSync(join(tmpdir(), 'klog-seats-')) })
})
afterEach(() => rmSync(home.directory, { recursive: true }))

/** Ports in `used` are those of other programs. */
const find = (used: readonly number[] = []) => {
  return async (first: number, taken: ReadonlySet<number>): Promise<number | null> => {
    for (let port = first; port <= 65_535; port++) if (!taken.has(port) && !used.includes(port)) return port
    return null
  }
}

function format(id: number, clusterId: string): void {
  const directory = seatDirectory(home, { id, port: 0, controllerPort: null })
  mkdirSync(directory, { recursive: true })
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${id}`, 'directory.id=AAAAAAAAAAAAAAAAAAAAAQ', '']
  writeFileSync(join(directory, 'meta.properties'), lines.join('\n'))
}

async function refused(act: () => unknown): Promise<[string, string | null]> {
  try {
    await act()
  } catch (error) {
    if (error instanceof UserError) return [error.message, error.nextStep]
    throw error
  }
  throw new Error('it was not refused')
}

describe('the brokers that are to start', () => {
  test('are on ports in a row, their controllers far from there, and stay where they were', async () => {
    const seats = await seatsToStart(home, 3, 9092, find([19_093]))
    expect(seats).toEqual([
      { id: 0, port: 9092, controllerPort: 19_092 },
      { id: 1, port: 9093, controllerPort: 19_094 },
      { id: 2, port: 9094, controllerPort: 19_095 },
    ])
    expect(await seatsToStart(home, null, 9092, find())).toEqual(seats)
    expect((await seatsToStart(home, 3, 9192, find()))!.map(({ port }) => port)).toEqual([9192, 9193, 9194])
  })

  test('are as many as the data was made with', async () => {
    await seatsToStart(home, 3, 9092, find())
    const before = readFileSync(join(home.dataDirectory, 'cluster.json'), 'utf8')
    expect(await refused(() => seatsToStart(home, 2, 9092, find()))).toEqual([
      `The data in ${home.dataDirectory} is that of 3 brokers`,
      'As it is: klog broker start, one more: klog broker add, another number without the data: klog broker reset, or beside it: another KLOG_HOME.',
    ])
    expect(readFileSync(join(home.dataDirectory, 'cluster.json'), 'utf8')).toBe(before)
    const seats = await seatsToStart(home, null, 9092, find())
    expect(await oneMoreSeat(home, seats!, find([9095]))).toEqual({ id: 3, port: 9096, controllerPort: null })
    expect(await refused(() => seatsToStart(home, 3, 9092, find()))).toContainEqual(
      expect.stringMatching(/of 4 brokers$/),
    )
  })

  test('have ports that there are', async () => {
    expect(await refused(() => seatsToStart(home, 3, 65_534, find()))).toEqual([
      'There is no port 65536',
      'Begin lower: klog broker start --port N',
    ])
  })
})

describe('the directories of a cluster', () => {
  test('that belong to different clusters are told apart by name, and nothing is started on them', async () => {
    const seats = (await seatsToStart(home, 3, 9092, find()))!
    expect(clusterIdOf(home, seats)).toBeNull()
    format(0, 'one')
    format(2, 'one')
    expect(clusterIdOf(home, seats)).toBe('one')
    format(1, 'two')
    expect(await refused(() => clusterIdOf(home, seats))).toEqual([
      `The directories belong to two clusters: ${home.dataDirectory}/broker-0 to one, ${home.dataDirectory}/broker-1 to two`,
      'Put back the directory that belongs here, or remove the wrong one: its broker copies everything from the others.',
    ])
  })
})
