const WIDTH = 75

/**
 * A message of those of Kafka's tools that have sub-commands: lines of 75 characters, their gaps widened until both edges are
 * straight, as the parser behind them (argparse4j) prints. Ends in a line feed, which takes up room like a character.
 */
export function justified(text: string): string {
  // A line may end after white space, and after the hyphens before a word.
  const pieces = `${text}\n`.split(/(?<=\s)(?=\S)|(?<=-)(?=[A-Za-z])/)
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line !== '' && line.length + piece.length > WIDTH) {
      lines.push(widened(line.trimEnd()))
      line = ''
    }
    line += piece
  }
  return [...lines, line].join('\n')
}

/** What cannot be shared out evenly goes to the gaps in the middle. */
function widened(line: string): string {
  const words = line.split(' ')
  const gaps = words.length - 1
  if (gaps === 0) return line
  const missing = Math.max(0, WIDTH - line.length)
  const rest = missing % gaps
  const from = Math.floor((gaps - rest + 1) / 2)
  return words.reduce((text, word, i) => {
    const gap = i - 1
    const width = 1 + Math.floor(missing / gaps) + (gap >= from && gap < from + rest ? 1 : 0)
    return text + ' '.repeat(width) + word
  })
}
