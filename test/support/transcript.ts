import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/**
 * Plays a file of blocks, divided by blank lines: a command, `----`, and everything that followed. What follows now must
 * be what followed then; with UPDATE=1 the file is rewritten instead, to be reviewed as a diff. A block without `----` is a remark.
 */
export function playTranscript(file: string, run: (command: string) => string): void {
  const text = readFileSync(file, 'utf8')
  const blocks = text.trimEnd().split(/\n\n+/)
  const played = blocks.map((block) => {
    const lines = block.split('\n')
    const divider = lines.indexOf('----')
    if (divider < 0) return block
    const commands = lines.slice(0, divider)
    const followed = commands.filter((line) => !line.startsWith('#')).map(run)
    return [...commands, '----', ...followed.filter((output) => output !== '')].join('\n')
  })
  const result = `${played.join('\n\n')}\n`
  if (process.env.UPDATE === '1') writeFileSync(file, result)
  else expect(result).toBe(text)
}
