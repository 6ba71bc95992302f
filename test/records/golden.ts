import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../golden/log')

export const goldenFile = (...path: string[]): Buffer => readFileSync(join(root, ...path))

export const goldenLines = (...path: string[]): string[] =>
  goldenFile(...path)
    .toString()
    .split('\n')
    .filter((line) => line !== '')

/** The partition directories that a segment and its dump were recorded of. */
export const goldenPartitions = (): string[] => readdirSync(join(root, 'dump')).map((file) => file.replace('.txt', ''))

export const goldenSegment = (partition: string): Buffer => goldenFile('data', partition, '00000000000000000000.log')

/** The batch that the bytes show in hexadecimal digits, spaces aside. */
export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')
