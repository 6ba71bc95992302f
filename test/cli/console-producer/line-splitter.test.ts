import { describe, expect, test } from 'vitest'
import { LineSplitter } from '../../../src/cli/console-producer/line-splitter.js'

function linesOf(...chunks: (string | Buffer)[]): string[] {
  const splitter = new LineSplitter()
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))
  const last = splitter.end()
  return [...lines, ...(last === null ? [] : [last])].map((line) => line.toString('latin1'))
}

describe('lines of standard input', () => {
  test.each([
    ['LF, CR and CRLF each end one', ['a\nb\rc\r\nd'], ['a', 'b', 'c', 'd']],
    ['a line feed at the end begins no other', ['a\n'], ['a']],
    ['the last one needs no end', ['a\nb'], ['a', 'b']],
    ['nothing has no line', [''], []],
    ['empty ones count', ['\n\n\r\r'], ['', '', '', '']],
    ['a pair of CR and LF may be torn apart', ['a\r', '\nb\n'], ['a', 'b']],
    ['CR at the end of a chunk ends a line by itself', ['a\r', 'b\n'], ['a', 'b']],
    ['CR at the very end', ['a\r'], ['a']],
    ['one may come in many pieces', ['a', 'b', 'c\nd', 'e\n'], ['abc', 'de']],
    ['LF after LF is no pair', ['a\n', '\nb'], ['a', '', 'b']],
    ['an empty chunk changes nothing between CR and LF', ['a\r', '', '\nb'], ['a', 'b']],
  ])('%s', (_, chunks, lines) => {
    expect(linesOf(...chunks)).toEqual(lines)
  })

  test.each([
    ['bytes that cannot be in UTF-8', 'ff fe', 'efbfbdefbfbd'],
    ['a sequence that is cut short, which becomes one', 'e2 82 61', 'efbfbd61'],
    ['half a surrogate pair, which Java replaces by one', 'ed a0 80 61', 'efbfbd61'],
    ['one byte too long a form', 'c0 80', 'efbfbdefbfbd'],
    ['what is sound stays', 'f0 9f 98 80 e2 82 ac', 'f09f9880e282ac'],
  ])('replace %s', (_, bytes, expected) => {
    const line = Buffer.from(bytes.replaceAll(' ', ''), 'hex')
    const newline = Buffer.from('\n')
    const splitter = new LineSplitter()
    const hex = splitter.push(Buffer.concat([line, newline, line, newline, line])).map((part) => part.toString('hex'))
    expect([...hex, splitter.end()?.toString('hex')]).toEqual([expected, expected, expected])
  })

  test('a character may be torn apart between chunks', () => {
    const euro = Buffer.from('€')
    expect(linesOf(euro.subarray(0, 1), Buffer.concat([euro.subarray(1), Buffer.from('\n')]))).toEqual([
      euro.toString('latin1'),
    ])
  })
})
