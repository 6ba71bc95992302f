import { readFileSync } from 'node:fs'

/** Hundredths of a second: Linux counts a process's time in these whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100

/** Processor time that the process has used so far, its system calls included, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
