import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { playTranscript } from '../support/transcript.js'
import { ClusterScript } from './cluster-script.js'

const directory = join(import.meta.dirname, 'transcripts')

describe('the controller decides as the transcripts say', () => {
  test.each(readdirSync(directory))('%s', (file) => {
    const script = new ClusterScript()
    playTranscript(join(directory, file), (command) => script.run(command))
  })
})
