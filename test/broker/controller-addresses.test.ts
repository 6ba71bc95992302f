import { expect, test } from 'vitest'
import { ControllerAddresses } from '../../src/broker/controller-addresses.js'
import { VoterSet } from '../../src/quorum/voter-set.js'
import { voter } from '../quorum/cluster.js'

test('while no leader is known servers are asked and voters too: every server may be gone', () => {
  const servers = [
    { host: 'one', port: 1 },
    { host: 'two', port: 2 },
  ]
  const addresses = new ControllerAddresses('CONTROLLER', servers)
  expect(addresses.candidates.map((id) => addresses.of(id))).toEqual(servers)
  addresses.follow(() => VoterSet.of([3, 4].map((id) => voter(id))))
  expect(addresses.candidates.map((id) => addresses.of(id))).toEqual([
    ...servers,
    expect.objectContaining({ host: 'localhost', port: 9003 }),
    expect.objectContaining({ host: 'localhost', port: 9004 }),
  ])
})
