import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conversations } from './group-conversations.js'
import { prepared, Talk } from './group-talk.js'

const directory = join(import.meta.dirname, '../golden/group-wire')

/** Holds one conversation with the broker at a port of 127.0.0.1, which must be new, and keeps it as a recording. */
export async function record(name: string, port: number): Promise<void> {
  const { topics, speak } = conversations.find((conversation) => conversation.name === name)!
  const talk = new Talk(port, await prepared(port, topics))
  await speak(talk)
  talk.close()
  const lines = [{ port, topics: talk.topics }, ...talk.lines].map((line) => JSON.stringify(line))
  mkdirSync(directory, { recursive: true })
  writeFileSync(recordingPath(name), `${lines.join('\n')}\n`)
}

export function recordingPath(name: string): string {
  return join(directory, `${name.replaceAll(' ', '-')}.jsonl`)
}
