import { readFileSync } from 'node:fs'
import type { Clock } from '../../base/clock.js'

const LOOK_AGAIN_MS = 5

/**
 * When the process began, in the system's own unit: a number that a later process with the same id does not share. Null where
 * the system does not tell, and for one that has ended and only waits to be taken note of.
 */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything; the 22nd is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

/** Whether `pid` still is the process that started at `start`. */
export function isProcess(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return start === null || processStart(pid) === start
}

/** True once the process has ended, false if it has not within `waitMsMax`. */
export async function hasEnded(pid: number, start: string | null, clock: Clock, waitMsMax: number): Promise<boolean> {
  const giveUpAt = clock.monotonicMs() + waitMsMax
  while (isProcess(pid, start)) {
    if (clock.monotonicMs() > giveUpAt) return false
    await new Promise<void>((done) => clock.after(LOOK_AGAIN_MS, done))
  }
  return true
}

/** Memory that the process holds now, in bytes; null where the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match === null ? null : Number(match[1]) * 1024
  } catch {
    return null
  }
}
