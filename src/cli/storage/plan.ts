import { METADATA_VERSION, releaseByName } from '../../protocol/releases.js'
import type { KRaftVoter } from '../../records/control.js'
import { parseNamedLevel } from '../features/updates.js'
import type { ToolIo } from '../tool.js'
import { FormatFailure } from './failure.js'
import type { FormatPlan } from './format.js'
import type { StorageArgs } from './grammar.js'
import { chooseLevels, namedRelease } from './levels.js'
import type { NodeFile } from './node-file.js'
import { parseScramUser } from './scram-users.js'
import { parseVoters, standaloneVoter } from './voters.js'

const KRAFT_VERSION = 'kraft.version'
const FIRST_WITH_SCRAM = '3.5-IV2'

/** Checks in Kafka's order: which complaint comes first is part of its interface. @throws FormatFailure or JavaError */
export function readFormatPlan(node: NodeFile, args: StorageArgs, io: ToolIo): FormatPlan {
  const release = args.get('release-version')
  if (release !== undefined) namedRelease(release)
  const features = new Map(
    args
      .all('feature')
      .map(parseNamedLevel)
      .map(({ feature, level }) => [feature, level] as const),
  )
  const voters = readVoters(node, args, io)
  const comesLater = args.has('no-initial-controllers')
  if (node.hasVoters && voters.length > 0) {
    throw new FormatFailure(
      'You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify controller.quorum.bootstrap.servers instead.',
    )
  }
  if (!node.hasVoters && voters.length === 0 && !comesLater && node.roles.includes('controller')) {
    throw new FormatFailure(
      'Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.',
    )
  }
  const levels = chooseLevels({ release, features, isDynamic: voters.length > 0 || comesLater })
  const named = [...levels.levels].filter(([name, level]) => level > 0 && name !== KRAFT_VERSION)
  const scram = args.all('add-scram')
  if (scram.length > 0 && levels.levels.get(METADATA_VERSION)! < releaseByName(FIRST_WITH_SCRAM)!.level) {
    throw new FormatFailure(`SCRAM is only supported in metadata.version ${FIRST_WITH_SCRAM} or later.`)
  }
  return {
    node,
    clusterId: args.get('cluster-id')!,
    ignoresFormatted: args.has('ignore-formatted'),
    levels,
    bootstrap: { levels: named, users: scram.map((text) => parseScramUser(text, io)) },
    voters,
  }
}

function readVoters(node: NodeFile, args: StorageArgs, io: ToolIo): KRaftVoter[] {
  const initial = args.get('initial-controllers')
  if (initial !== undefined) return parseVoters(initial, node)
  return args.has('standalone') ? [standaloneVoter(node, io)] : []
}
