import { isCallFailure } from '../client/call-failure.js'
import type { ClusterClient } from '../client/cluster-client.js'
import { listGroups } from '../client/groups.js'
import { listTopics } from '../client/topics.js'
import { didYouMean } from './did-you-mean.js'
import { note, type ToolIo } from './tool.js'

const ALL = { states: [], types: [], protocolTypes: [] }

/** Says which topic may have been meant, if one has a name like this. */
export async function suggestTopic(client: ClusterClient, name: string, io: Pick<ToolIo, 'stderr'>): Promise<void> {
  await suggest(name, async () => (await listTopics(client)).map((topic) => topic.name), io)
}

/** Says which group may have been meant, if one has an id like this. */
export async function suggestGroup(client: ClusterClient, id: string, io: Pick<ToolIo, 'stderr'>): Promise<void> {
  await suggest(id, async () => (await listGroups(client, ALL)).map((group) => group.id), io)
}

/** Says which of a list may have been meant. A suggestion that cannot be had is not missed. */
export async function suggest(word: string, list: () => Promise<string[]>, io: Pick<ToolIo, 'stderr'>): Promise<void> {
  try {
    const said = didYouMean(word, await list())
    if (said !== null) note(io, said)
  } catch (error) {
    if (!isCallFailure(error)) throw error
  }
}
