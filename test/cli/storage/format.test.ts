import { expect, test } from 'vitest'
import { chooseLevels } from '../../../src/cli/storage/levels.js'
import type { NodeFile } from '../../../src/cli/storage/node-file.js'
import { parseScramUser } from '../../../src/cli/storage/scram-users.js'
import { parseVoters, standaloneVoter } from '../../../src/cli/storage/voters.js'
import { MemoryIo } from '../../support/memory-io.js'

const ID = '8pdsaxPHR6SCZTTY_nZt1Q'
const io = new MemoryIo()
const node: NodeFile = {
  nodeId: 1,
  roles: ['broker', 'controller'],
  directories: ['/d'],
  metadataDirectory: '/d',
  hasVoters: false,
  controllerListeners: ['controller'],
  listeners: new Map([['CONTROLLER', { host: '', port: 9093 }]]),
  path: (directory) => directory,
}

test('voters are named with address and directory, IPv6 in brackets', () => {
  expect(parseVoters(`2@[::1]:2:${ID},1@h:1:${ID}`, node)).toMatchObject([
    { voterId: 1, voterDirectoryId: ID, endpoints: [{ name: 'CONTROLLER', host: 'h', port: 1 }] },
    { voterId: 2, voterDirectoryId: ID, endpoints: [{ name: 'CONTROLLER', host: '::1', port: 2 }] },
  ])
})

test.each([
  ['', 'No voters given.'],
  ['x', 'No @ found in dynamic voter string.'],
  ['@h:1:x', 'Invalid @ at beginning of dynamic voter string.'],
  ['a@h:1:x', 'Failed to parse node id in dynamic voter string.'],
  ['-1@h:1:x', 'Invalid negative node id -1 in dynamic voter string.'],
  ['1@', 'No hostname found after node id.'],
  ['1@[::1', 'Hostname began with left bracket, but no right bracket was found.'],
  ['1@h', 'No colon following hostname could be found.'],
  ['1@[::1]x', 'Port section must start with a colon.'],
  ['1@h:1', 'No colon following port could be found.'],
  ['1@h:x:y', 'Failed to parse port in dynamic voter string.'],
  ['1@h:70000:y', 'Invalid port 70000 in dynamic voter string.'],
  ['1@h:1:y', 'Failed to parse directory ID in dynamic voter string.'],
  [`1@h:1:${ID},1@h:1:${ID}`, 'Node id 1 was specified more than once.'],
])('the voters %s are refused', (text, message) => {
  expect(() => parseVoters(text, node)).toThrow(message)
})

test('the only voter is a controller, found where it listens', () => {
  expect(standaloneVoter(node, io).endpoints).toEqual([{ name: 'CONTROLLER', host: 'localhost', port: 9093 }])
  expect(() => standaloneVoter({ ...node, roles: ['broker'] }, io)).toThrow('You can only use --standalone on')
})

test('a salted password gives the keys that Apache Kafka made of it', () => {
  const text =
    'SCRAM-SHA-512=[name="bob",iterations=8192,salt=MWx2NHBkbnc0ZndxN25vdGN4bTB5eTFrN3E=,saltedpassword=mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=]'
  const { storedKey, serverKey, ...user } = parseScramUser(text, io)
  expect(user).toMatchObject({ name: 'bob', mechanism: 2, iterations: 8192 })
  expect([...new Int8Array(storedKey)].slice(0, 6)).toEqual([57, 50, 90, 35, 76, 107])
  expect([...new Int8Array(serverKey)].slice(0, 6)).toEqual([72, 1, 109, 106, -14, -13])
})

test.each([
  ['foo', "Failed to find equals sign in SCRAM argument 'foo'"],
  ['foo=bar', 'The add-scram mechanism foo is not supported.'],
  ['SCRAM-SHA-256=bar', 'Expected configuration string to start with ['],
  ['SCRAM-SHA-256=[name=a', 'Expected configuration string to end with ]'],
  ['SCRAM-SHA-256=[name]', 'No equals sign found in SCRAM component: name'],
  ['SCRAM-SHA-256=[password=a]', "You must supply 'name' to add-scram"],
  ['SCRAM-SHA-256=[name=a]', "You must supply one of 'password' or 'saltedpassword' to add-scram"],
  ['SCRAM-SHA-256=[name=a,saltedpassword=b]', "You must supply 'salt' with 'saltedpassword' to add-scram"],
  [
    'SCRAM-SHA-256=[name=a,password=b,iterations=100]',
    "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
  ],
  ['SCRAM-SHA-256=[name=a,password=b,foo=1]', 'Unknown SCRAM configurations: foo'],
])('the user %s is refused', (text, message) => {
  expect(() => parseScramUser(text, io)).toThrow(message)
})

const levels = (release: string | undefined, features: Record<string, number>, isDynamic = false) =>
  chooseLevels({ release, features: new Map(Object.entries(features)), isDynamic })

test('a release decides what is not named', () => {
  expect(Object.fromEntries(levels('4.0', { 'group.version': 0 }).levels)).toEqual({
    'metadata.version': 25,
    'kraft.version': 0,
    'transaction.version': 2,
    'group.version': 0,
    'eligible.leader.replicas.version': 0,
    'share.version': 0,
    'streams.version': 0,
  })
  expect(levels(undefined, { 'metadata.version': 7 }, true).levels.get('kraft.version')).toBe(1)
})

test.each([
  ['4.0', { 'metadata.version': 25 }, 'Use --release-version instead of --feature metadata.version=X'],
  [undefined, { 'metadata.version': 31 }, 'metadata.version 4.4-IV0 is not yet stable.'],
  [
    undefined,
    { 'metadata.version': 5 },
    'No MetadataVersion with feature level 5. Valid feature levels are from 7 to 31.',
  ],
  ['4.4-IV0', {}, "Unknown metadata.version '4.4-IV0'."],
  [undefined, { foo: 1 }, 'Unsupported feature: foo. Supported features are: eligible.leader.replicas.version, group.'],
  [undefined, { 'group.version': 9 }, 'No feature:group.version with feature level 9'],
  [
    '3.9',
    { 'eligible.leader.replicas.version': 1 },
    'eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23',
  ],
  [undefined, { 'kraft.version': 1 }, 'Cannot set kraft.version to 1 unless controller.quorum.voters is empty'],
])('release %s with %j is refused', (release, features, message) => {
  expect(() => levels(release, features)).toThrow(message)
})
