import { handlers } from '../../../src/broker/handlers.js'
import { recordedFrames } from '../../fuzz/frames.js'
import { mutated } from '../../fuzz/mutate.js'
import { seededRandom } from '../../support/seeded-random.js'
import { int, type Sample, type Spot, sampleRequest, uvarint } from './sample.js'

export interface HostileFrame {
  /** Which API, which version, which lie. */
  readonly name: string
  readonly bytes: Buffer
}

const INT32_MAX = 0x7fffffff

/** Of each API and each version that klog serves to clients: cut short everywhere, and with every number, length and count lying. */
export function liesOfAllRequests(): HostileFrame[] {
  const frames = new Map<string, HostileFrame>()
  for (const { api, versions } of handlers)
    for (let version = Math.max(versions.min, api.minVersion); version <= versions.max; version++)
      for (const hasNulls of [false, true]) {
        const sample = sampleRequest(api, version, hasNulls)
        for (const { name, bytes } of liesOf(sample)) {
          const hex = bytes.toString('hex')
          if (!frames.has(hex)) frames.set(hex, { name: `${api.name} v${version}: ${name}`, bytes })
        }
      }
  return [...frames.values()]
}

/** Requests that real clients sent, bent by chance; of what klog serves, in whatever version. */
export function bentRequests(seed: number, count: number): HostileFrame[] {
  const random = seededRandom(seed)
  const served = new Set(handlers.map(({ api }) => api.key))
  const all = recordedFrames().filter((frame) => served.has(frame.readInt16BE(0)))
  const bent = Array.from({ length: count }, (_, at) => ({
    name: `seed ${seed}, number ${at}`,
    bytes: mutated(all, random),
  }))
  return bent.filter(({ bytes }) => served.has(bytes.readInt16BE(0)))
}

function liesOf(sample: Sample): HostileFrame[] {
  const { bytes, spots } = sample
  return [
    { name: 'as it should be', bytes },
    { name: 'a byte too many', bytes: Buffer.concat([bytes, Buffer.from([0])]) },
    { name: 'many bytes too many', bytes: Buffer.concat([bytes, Buffer.alloc(1000, 0xff)]) },
    { name: 'the last byte missing', bytes: bytes.subarray(0, -1) },
    ...spots.flatMap((spot) => [
      { name: `cut before ${spot.field}`, bytes: bytes.subarray(0, spot.start) },
      ...replacements(sample, spot).map(([what, lie]) => ({
        name: `${spot.field} ${spot.kind} ${what}`,
        bytes: Buffer.concat([bytes.subarray(0, spot.start), lie, bytes.subarray(spot.end)]),
      })),
    ]),
  ]
}

function replacements({ bytes }: Sample, { start, end, kind }: Spot): [string, Buffer][] {
  const left = bytes.length - end
  switch (kind) {
    case 'number': {
      const size = end - start
      const highest = Buffer.alloc(size, 0xff)
      highest[0] = 0x7f
      const lowest = Buffer.alloc(size)
      lowest[0] = 0x80
      return [
        ['-1', Buffer.alloc(size, 0xff)],
        ['highest', highest],
        ['lowest', lowest],
      ]
    }
    case 'length16':
      return [-1, -2, -0x8000, 0, left + 1, 0x7fff].map((value) => [String(value), int(value, 2)])
    case 'length32':
      return [-1, -2, -INT32_MAX - 1, 0, left + 1, 0xffffff, INT32_MAX].map((value) => [String(value), int(value, 4)])
    case 'varlength':
      return [
        ...[0, 1, left + 2, 0xffffff, INT32_MAX].map((value): [string, Buffer] => [String(value), uvarint(value)]),
        ['of 32 bits', Buffer.from('ffffffff0f', 'hex')],
        ['of six bytes', Buffer.from('ffffffffff01', 'hex')],
      ]
    case 'tags':
      return [
        ['unknown tag', Buffer.from('01630178', 'hex')],
        ['unknown tag longer than the rest', Buffer.concat([Buffer.from('0163', 'hex'), uvarint(left + 1)])],
        ['tags without end', Buffer.from('ffffffff07', 'hex')],
        ['twice the same tag', Buffer.from('02630178630178', 'hex')],
        ['tag 0 that is empty', Buffer.from('010000', 'hex')],
      ]
  }
}
