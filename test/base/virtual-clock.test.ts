import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/base/virtual-clock.js'
import { ManualClock } from '../support/manual-clock.js'

const DAY_MS = 86_400_000

function clocks(): { real: ManualClock; clock: VirtualClock; ran: string[]; note: (name: string) => () => void } {
  const real = new ManualClock(1_000_000)
  const clock = new VirtualClock(real)
  const ran: string[] = []
  const note = (name: string) => (): void => void ran.push(`${name} at ${clock.now() - 1_000_000}`)
  return { real, clock, ran, note }
}

describe('virtual time', () => {
  test('is the real time until it is moved, and goes on with it afterwards', async () => {
    const { real, clock } = clocks()
    expect([clock.now(), clock.monotonicMs(), clock.offsetMs]).toEqual([1_000_000, 0, 0])
    await clock.advance(8 * DAY_MS)
    real.advance(5)
    expect([clock.now(), clock.monotonicMs(), clock.offsetMs]).toEqual([
      1_000_005 + 8 * DAY_MS,
      5 + 8 * DAY_MS,
      8 * DAY_MS,
    ])
  })

  test('runs timers as real time passes', () => {
    const { real, clock, ran, note } = clocks()
    clock.after(10, note('a'))
    clock.after(20, note('b')).cancel()
    real.advance(30)
    expect([ran, real.timers]).toEqual([['a at 10'], 0])
  })

  test('that is moved runs what falls due on the way in its order, each at its own time', async () => {
    const { clock, ran, note } = clocks()
    clock.after(300, note('late'))
    clock.after(100, note('early'))
    clock.after(100, note('early too'))
    clock.after(1001, note('not yet'))
    await clock.advance(1000)
    expect(ran).toEqual(['early at 100', 'early too at 100', 'late at 300'])
    await clock.advance(1)
    expect(ran.at(-1)).toBe('not yet at 1001')
  })

  test('runs what was set on the way at the end, and what repeats itself not for every time that was skipped', async () => {
    const { clock, ran, note } = clocks()
    const repeat = (): void => {
      note('again')()
      clock.after(10, repeat)
    }
    clock.after(10, repeat)
    await clock.advance(1000)
    expect(ran).toEqual(['again at 10', 'again at 1000'])
  })

  test('does not run what another timer has cancelled meanwhile', async () => {
    const { clock, ran, note } = clocks()
    const doomed = clock.after(20, note('doomed'))
    clock.after(10, () => doomed.cancel())
    await clock.advance(1000)
    expect(ran).toEqual([])
  })

  test('brings what is not due yet nearer', async () => {
    const { real, clock, ran, note } = clocks()
    clock.after(100, note('a'))
    await clock.advance(60)
    real.advance(39)
    expect(ran).toEqual([])
    real.advance(1)
    expect([ran, real.timers]).toEqual([['a at 100'], 0])
  })

  test('lets what a timer has begun come to rest before the next one runs', async () => {
    const { clock, ran, note } = clocks()
    clock.after(10, () => void Promise.resolve().then(() => Promise.resolve().then(note('begun by a'))))
    clock.after(20, note('b'))
    await clock.advance(30)
    expect(ran).toEqual(['begun by a at 10', 'b at 20'])
  })

  test('moves one advance after the other', async () => {
    const { clock } = clocks()
    await Promise.all([clock.advance(1000), clock.advance(1000)])
    expect(clock.offsetMs).toBe(2000)
  })
})
