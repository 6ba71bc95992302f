import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { playTranscript } from '../support/transcript.js'
import { TransactionScript } from './transaction-script.js'

const directory = join(import.meta.dirname, 'transcripts')

describe('transactions go as they were seen to go', () => {
  for (const file of readdirSync(directory).sort()) {
    test(file.replace(/\.txt$/, '').replaceAll('-', ' '), () => {
      const script = new TransactionScript()
      playTranscript(join(directory, file), (command) => script.run(command))
    })
  }
})
