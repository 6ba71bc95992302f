import { readFileSync } from 'node:fs'
import type { DescriptorShares } from './broker/broker-memory.js'

/** Where there are enough, each broker has so many files of its logs open. */
const FILES_MAX = 800

/** For the process itself, and for files that are open for a moment. */
const OTHERS_MIN = 64
const OTHERS_MAX = 1000
/** However few descriptors there are: a tool needs two. */
const CONNECTIONS_MIN = 8

/**
 * How the descriptors that this process may have (`ulimit -n`, which Node raises as far as it may) are divided: at most a quarter for
 * files of logs, an eighth for whatever else there is to open, and the rest for connections.
 */
export function descriptorShares(brokers = 1, descriptorsMax = limitOfProcess()): DescriptorShares {
  const filesMax = Math.min(FILES_MAX, Math.floor(descriptorsMax / 4 / brokers))
  const others = Math.min(OTHERS_MAX, OTHERS_MIN + Math.floor(descriptorsMax / 8))
  return { filesMax, connectionsMax: Math.max(CONNECTIONS_MIN, descriptorsMax - brokers * filesMax - others) }
}

function limitOfProcess(): number {
  if (process.platform === 'linux') return softLimit(limitsOfKernel())
  const { userLimits } = process.report.getReport() as unknown as Report
  return softLimit(String(userLimits?.open_files.soft))
}

interface Report {
  /** There is none on Windows, which has no such limit. */
  readonly userLimits?: { readonly open_files: { readonly soft: number | string } }
}

function limitsOfKernel(): string | undefined {
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function softLimit(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
}
