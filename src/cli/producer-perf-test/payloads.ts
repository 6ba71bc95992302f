import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { javaPattern } from '../../base/java-regex.js'
import type { Random } from '../../base/random.js'
import { JavaError } from '../java-error.js'
import type { ToolIo } from '../tool.js'

/** The value of the record with this number. */
export type Payloads = (index: number) => Buffer

const LETTERS = 26
const FIRST_LETTER = 65
/** Made once; values are pieces of it. */
const POOL_BYTES = 1024 * 1024

/** Random capital letters. */
export function lettersAsPayloads(size: number, random: Random): Payloads {
  const pool = Buffer.allocUnsafe(size + POOL_BYTES)
  for (let i = 0; i < pool.length; i++) pool[i] = FIRST_LETTER + random.int(LETTERS)
  return () => {
    const from = random.int(POOL_BYTES)
    return pool.subarray(from, from + size)
  }
}

export function numbersAsPayloads(): Payloads {
  return (index) => Buffer.from(String(index))
}

/**
 * Pieces of a file, chosen by chance.
 * @param delimiter a regular expression of Java's.
 * @throws JavaError when there is no such file or nothing in it.
 */
export function fileAsPayloads(path: string, delimiter: string, io: ToolIo): Payloads {
  const absolute = resolve(io.directory, path)
  io.stdout.line(`Reading payloads from: ${absolute}`)
  const text = readText(absolute)
  const pieces = scan(text, javaPattern(delimiter)).map((piece) => Buffer.from(piece))
  io.stdout.line(`Number of records read: ${pieces.length}`)
  return () => pieces[io.random.int(pieces.length)]!
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text !== '') return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new JavaError('java.io.IOException', path)
  }
  throw new JavaError('java.lang.IllegalArgumentException', 'File does not exist or empty file provided.')
}

/** As Java's Scanner: before each piece one delimiter is skipped, so that a last one ends the text without an empty piece. */
function scan(text: string, delimiter: RegExp): string[] {
  const next = new RegExp(delimiter, `${delimiter.flags}g`)
  const here = new RegExp(delimiter, `${delimiter.flags}y`)
  const pieces: string[] = []
  for (let at = 0; ; ) {
    here.lastIndex = at
    at += here.exec(text)?.[0].length ?? 0
    if (at >= text.length) return pieces
    next.lastIndex = at
    const found = next.exec(text)
    const end = found?.index ?? text.length
    // A delimiter that is nothing divides characters.
    const until = end === at && found![0] === '' ? at + 1 : end
    pieces.push(text.slice(at, until))
    at = until
  }
}
