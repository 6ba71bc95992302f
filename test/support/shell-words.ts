/** Splits a command line as a POSIX shell does: blanks divide words, quotes and backslashes keep them together. */
export function shellWords(line: string): string[] {
  const words: string[] = []
  let word: string | null = null
  const piece = /\s+|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)/gs
  for (const [whole, single, double, escaped, plain] of line.matchAll(piece)) {
    if (/^\s+$/.test(whole) && escaped === undefined) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '')
  }
  if (word !== null) words.push(word)
  return words
}
