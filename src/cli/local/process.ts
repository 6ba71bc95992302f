import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Clock } from '../../base/clock.js'

const LOOK_AGAIN_MS = 5

/**
 * When the process began, in words of the system's own that a later process with the same id does not share. Null on Windows, which
 * does not tell, where there is no such process, and for one that has ended and only waits to be taken note of.
 */
export function processStart(pid: number): string | null {
  if (process.platform === 'win32') return null
  return process.platform === 'linux' ? startByKernel(pid) : startByPs(pid)
}

/** Whether `pid` still is the process that started at `start`. What cannot be told from others is not it: it might be sent a signal. */
export function isProcess(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return start === null ? process.platform === 'win32' : processStart(pid) === start
}

function startByKernel(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything; the 22nd is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

/** Where the kernel has no such files: to the second, which is not less than the time in which a process id comes again. */
export function startByPs(pid: number): string | null {
  try {
    const told = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // Whoever asks, wherever he is: the same words.
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    })
    const [state = 'Z', ...start] = told.trim().split(/\s+/)
    return state.startsWith('Z') || start.length === 0 ? null : start.join(' ')
  } catch {
    return null
  }
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
