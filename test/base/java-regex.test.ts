import { describe, expect, test } from 'vitest'
import { JavaError } from '../../src/base/java-error.js'
import { javaFullMatch, javaPattern, javaSplit } from '../../src/base/java-regex.js'

describe("Java's regular expressions", () => {
  test.each([
    ['orders', ['orders'], ['orders2', 'my-orders']],
    ['my.topic', ['my.topic', 'my-topic'], ['mytopic']],
    ['a|b.*', ['a', 'b', 'bcd'], ['ab']],
    ['[a-c]{2}', ['ab', 'cc'], ['a', 'abc']],
    ['[a-z&&[^bc]]+', ['ad'], ['ab', 'c']],
    ['[a-c[x-z]]', ['b', 'y'], ['m']],
    ['[]a]', [']', 'a'], ['b']],
    ['[^]a]', ['b'], [']', 'a']],
    ['[a-]', ['-', 'a'], ['b']],
    ['\\Qa.b\\E.*', ['a.b', 'a.bc'], ['axb']],
    ['(?i)ORDERS', ['orders', 'Orders'], []],
    ['a++a', [], ['aa', 'aaa']],
    ['(?>a|ab)c', ['ac'], ['abc']],
    ['(a)(b)\\2\\1', ['abba'], ['abab']],
    ['(?<x>a+)-\\k<x>', ['aa-aa'], ['aa-a']],
    ['\\p{Alpha}\\p{Punct}\\p{Digit}', ['a-1'], ['1-a']],
    ['\\w+\\.\\d+', ['topic.12'], ['topic-12']],
    ['x{1}{2}', ['xx'], ['x']],
    ['(?=a)*a', ['a'], []],
    ['\\x61\\u0062\\x{63}', ['abc'], []],
    ['a}]', ['a}]'], []],
    ['__.*', ['__consumer_offsets'], ['orders']],
  ])('%s matches what it matches in Java', (pattern, matching, other) => {
    const matches = javaFullMatch(pattern)
    expect(matching.filter((text) => !matches(text))).toEqual([])
    expect(other.filter(matches)).toEqual([])
  })

  test.each([
    ['[', 'Unclosed character class near index 0\n[\n^'],
    ['a[b', 'Unclosed character class near index 2\na[b\n  ^'],
    ['[a-z&&[^b]', 'Unclosed character class near index 9\n[a-z&&[^b]\n         ^'],
    ['(a', 'Unclosed group near index 2\n(a'],
    ['a)', "Unmatched closing ')' near index 0\na)\n^"],
    [')', "Unmatched closing ')'\n)"],
    ['*', "Dangling meta character '*' near index 0\n*\n^"],
    ['a|*', "Dangling meta character '*' near index 2\na|*\n  ^"],
    ['a+*', "Dangling meta character '*' near index 2\na+*\n  ^"],
    ['a{', 'Illegal repetition near index 2\na{'],
    ['{', 'Illegal repetition near index 1\n{'],
    ['a{1,', 'Unclosed counted closure near index 4\na{1,'],
    ['a{2,1}', 'Illegal repetition range near index 5\na{2,1}\n     ^'],
    ['\\', 'Unexpected internal error near index 1\n\\'],
    ['\\q', 'Illegal/unsupported escape sequence near index 1\n\\q\n ^'],
    ['\\p{Foo}', 'Unknown character property name {Foo} near index 6\n\\p{Foo}\n      ^'],
    ['(?<n', "named capturing group is missing trailing '>' near index 4\n(?<n"],
    ['(?<1>a)', 'capturing group name does not start with a Latin letter near index 3\n(?<1>a)\n   ^'],
    ['(?z)', 'Unknown inline modifier near index 2\n(?z)\n  ^'],
    ['\\k<x>', 'named capturing group <x> does not exist near index 4\n\\k<x>\n    ^'],
    ['[z-a]', 'Illegal character range near index 3\n[z-a]\n   ^'],
  ])('%s is refused in the words of Java', (pattern, message) => {
    expect(() => javaPattern(pattern)).toThrow(new JavaError('java.util.regex.PatternSyntaxException', message))
  })

  test.each([
    ['a,b,,', ',', ['a', 'b']],
    [',a', ',', ['', 'a']],
    ['', ',', ['']],
    [',', ',', []],
    ['abc', '', ['a', 'b', 'c']],
    ['a1b2', '\\d', ['a', 'b']],
    ['x', 'x', []],
    ['a1b', '(\\d)', ['a', 'b']],
  ])('%j split by %j is what Java makes of it', (text, separator, pieces) => {
    expect(javaSplit(text, javaPattern(separator))).toEqual(pieces)
  })
})
