import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { javaText } from '../../src/cli/java-error.js'
import { loadProperties, parseKeyValues, parseProperties } from '../../src/cli/properties.js'

const read = (text: string): Record<string, string> => Object.fromEntries(parseProperties(text))

describe('a properties file', () => {
  test('divides name and value at the first equals sign, colon or white space', () => {
    expect(read('a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf==6\ng  7  \n')).toEqual({
      a: '1',
      b: '2',
      c: '3',
      d: '4',
      e: '5',
      f: '=6',
      g: '7  ',
    })
  })

  test('may have names without values', () => {
    expect(read('a\nb=\nc:')).toEqual({ a: '', b: '', c: '' })
  })

  test('skips comments and blank lines', () => {
    expect(read('# a=1\n  ! b=2\n\n \t \nc=3 # not a comment')).toEqual({ c: '3 # not a comment' })
  })

  test('reads escapes in names and values', () => {
    expect(read('a\\=b\\ c = \\t\\n\\r\\f\\\\\\x\\u00e9')).toEqual({ 'a=b c': '\t\n\r\f\\xé' })
  })

  test('joins a line that ends in a backslash with the next, without its indent', () => {
    expect(read('a = 1,\\\n    2,\\\r\n\t3\nb = x\\\\\nc = y')).toEqual({ a: '1,2,3', b: 'x\\', c: 'y' })
    expect(read('a = 1\\\n# no comment here')).toEqual({ a: '1# no comment here' })
    expect(read('a = 1\\')).toEqual({ a: '1' })
  })

  test('lets a later line win', () => {
    expect(read('a=1\na=2')).toEqual({ a: '2' })
  })

  test('refuses a broken unicode escape', () => {
    expect(() => read('a=\\u12x4')).toThrow('Malformed \\uxxxx encoding.')
  })

  test('is read as ISO-8859-1, and its absence is told by its path', () => {
    const directory = mkdtempSync(join(tmpdir(), 'klog-properties-'))
    try {
      writeFileSync(join(directory, 'client.properties'), Buffer.from([0x61, 0x3d, 0xe9]))
      expect(loadProperties('client.properties', directory).get('a')).toBe('é')
      expect(() => loadProperties('none.properties', directory)).toThrow('none.properties')
      try {
        loadProperties('none.properties', directory)
      } catch (error) {
        expect(javaText(error)).toBe('java.nio.file.NoSuchFileException: none.properties')
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

test('key=value options are split at the first equals sign and not unescaped', () => {
  expect([...parseKeyValues(['a=1', 'b=x=y', 'c', 'd=', 'key.separator=\\t'])]).toEqual([
    ['a', '1'],
    ['b', 'x=y'],
    ['c', ''],
    ['d', ''],
    ['key.separator', '\\t'],
  ])
})
