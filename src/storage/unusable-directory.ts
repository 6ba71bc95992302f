import { UserError } from '../base/user-error.js'

const ELSEWHERE = 'name another directory in log.dirs.'

/** By what the system says: what somebody can do about it. */
const STEPS: Readonly<Record<string, string>> = {
  EACCES: `Let this user write there, or ${ELSEWHERE}`,
  EPERM: `Let this user write there, or ${ELSEWHERE}`,
  EROFS: `Its file system can only be read: mount it for writing, or ${ELSEWHERE}`,
  ENOSPC: `Make room there, or ${ELSEWHERE}`,
  EDQUOT: `Make room there, or ${ELSEWHERE}`,
  EMFILE: 'Let it open more files: ulimit -n.',
  ENFILE: 'The system has no more files to open: end other programs.',
  EIO: `The device has failed: see the system's log, or ${ELSEWHERE}`,
}

/** A log directory that cannot be made, read or written: a broker goes on with its others. */
export class UnusableDirectory extends UserError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    super(`The log directory ${path} cannot be used: ${reason}`, STEPS[code] ?? `N${ELSEWHERE.slice(1)}`)
  }
}

/** Whether it is the device that refuses, not what lies there. */
export function isOfDevice(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EIO', 'EROFS', 'EACCES'].includes(String(error.code))
}
