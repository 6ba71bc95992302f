import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { JavaError } from './java-error.js'

/**
 * Reads a Java properties file: ISO-8859-1, `#` and `!` comments, `=`, `:` or white space between name and value,
 * backslash escapes and continued lines. A later line wins.
 * @throws JavaError when the file cannot be read (its message is the path as given) or an escape is broken.
 */
export function loadProperties(path: string, directory: string): Map<string, string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(resolve(directory, path))
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException)
  }
  return parseProperties(bytes.toString('latin1'))
}

export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const { name, value } = splitLine(line)
    properties.set(unescaped(name), unescaped(value))
  }
  return properties
}

/** `key=value` options: split at the first `=`; what has none gets the empty value. Nothing is unescaped. */
export function parseKeyValues(args: readonly string[]): Map<string, string> {
  return new Map(
    args.map((arg) => {
      const equals = arg.indexOf('=')
      return equals < 0 ? [arg, ''] : [arg.slice(0, equals), arg.slice(equals + 1)]
    }),
  )
}

/** Joins a line that ends in an odd number of backslashes with the next one, whose leading white space goes. */
function* logicalLines(text: string): Iterable<string> {
  let joined: string | null = null
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const whole: string = (joined ?? '') + line
    const isContinued = /\\*$/.exec(line)![0].length % 2 === 1
    joined = isContinued ? whole.slice(0, -1) : null
    if (!isContinued) yield whole
  }
  if (joined !== null) yield joined
}

function splitLine(line: string): { name: string; value: string } {
  const match = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line)!
  return { name: match[1]!, value: match[2]! }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\(u[\s\S]{0,4}|[\s\S])/g, (_, code: string) => {
    if (!code.startsWith('u')) return ESCAPES[code] ?? code
    if (!/^u[0-9a-fA-F]{4}$/.test(code)) {
      throw new JavaError('java.lang.IllegalArgumentException', 'Malformed \\uxxxx encoding.')
    }
    return String.fromCharCode(Number.parseInt(code.slice(1), 16))
  })
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') return new JavaError('java.nio.file.NoSuchFileException', path)
  if (error.code === 'EACCES') return new JavaError('java.nio.file.AccessDeniedException', path)
  if (error.code === 'EISDIR') return new JavaError('java.io.IOException', 'Is a directory')
  return error
}
