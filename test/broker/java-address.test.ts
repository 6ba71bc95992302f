import { expect, test } from 'vitest'
import { javaAddress } from '../../src/broker/java-address.js'

test.each([
  ['127.0.0.1', '/127.0.0.1'],
  ['::1', '/0:0:0:0:0:0:0:1'],
  ['::', '/0:0:0:0:0:0:0:0'],
  ['fe80::1c2:3ff:fe04:5%eth0', '/fe80:0:0:0:1c2:3ff:fe04:5%eth0'],
  ['2001:db8:1:2:3:4:5:6', '/2001:db8:1:2:3:4:5:6'],
  ['2001:db8::', '/2001:db8:0:0:0:0:0:0'],
  ['', '/'],
])('Java prints %s as %s', (host, printed) => {
  expect(javaAddress(host)).toBe(printed)
})
