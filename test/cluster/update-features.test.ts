import { describe, expect, test } from 'vitest'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { updateFeatures } from '../../src/cluster/update-features.js'

const UPGRADE = 1
const SAFE = 2
const UNSAFE = 3
const support = {
  nodeId: 0,
  features: new Map([
    ['metadata.version', { min: 7, max: 30 }],
    ['group.version', { min: 0, max: 1 }],
    ['transaction.version', { min: 0, max: 2 }],
    ['eligible.leader.replicas.version', { min: 0, max: 1 }],
    ['kraft.version', { min: 0, max: 1 }],
  ]),
  kraft: { level: 0, problemWith: (): string | null => null },
}
const NEW = { 'metadata.version': 30, 'group.version': 1, 'transaction.version': 2 }

function imageOf(levels: Record<string, number>, ...more: MetadataRecord[]): MetadataImage {
  const records = Object.entries(levels).map(
    ([name, featureLevel]): MetadataRecord => ({ type: 'FeatureLevel', name, featureLevel }),
  )
  return MetadataImage.empty.apply([...records, ...more], { offset: 9, epoch: 1 })
}

type Given = [feature: string, level: number, upgradeType: number][]

function ask(image: MetadataImage, updates: Given, validateOnly = false, kraft = support.kraft) {
  const featureUpdates = updates.map(([feature, maxVersionLevel, upgradeType]) => ({
    feature,
    maxVersionLevel,
    upgradeType,
    allowDowngrade: false,
  }))
  const settings = { topicDefaults: new Map([['min.insync.replicas', '2']]) }
  return updateFeatures(image, { featureUpdates, validateOnly }, { ...support, kraft }, settings)
}

const PREFIX = 'The update failed for all features since the following feature had an error: '

describe('levels that are refused, in the words of Apache Kafka 4.3.1', () => {
  test.each<[string, number, number, string]>([
    [
      'metadata.version',
      31,
      UPGRADE,
      'Invalid update version 31 for feature metadata.version. Local controller 0 only supports versions 7-30',
    ],
    [
      'metadata.version',
      0,
      UNSAFE,
      'Invalid update version 0 for feature metadata.version. Local controller 0 only supports versions 7-30',
    ],
    [
      'metadata.version',
      -1,
      UPGRADE,
      'Invalid update version -1 for feature metadata.version. A feature version cannot be less than 0.',
    ],
    [
      'metadata.version',
      29,
      0,
      'Invalid update version 29 for feature metadata.version. The controller does not support the given upgrade type.',
    ],
    [
      'metadata.version',
      29,
      9,
      'Invalid update version 29 for feature metadata.version. The controller does not support the given upgrade type.',
    ],
    [
      'metadata.version',
      29,
      UPGRADE,
      "Invalid update version 29 for feature metadata.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    ],
    [
      'metadata.version',
      29,
      SAFE,
      'Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.',
    ],
    [
      'metadata.version',
      7,
      UNSAFE,
      'Unsupported metadata.version downgrade from 30 to 7. Unsafe metadata downgrade is not supported in this version.',
    ],
    [
      'foo.version',
      1,
      UPGRADE,
      'Invalid update version 1 for feature foo.version. Local controller 0 does not support this feature.',
    ],
    ['foo.version', 0, SAFE, 'Invalid update version 0 for feature foo.version. Feature foo.version not found.'],
    ['', 1, UPGRADE, 'Invalid update version 1 for feature . Local controller 0 does not support this feature.'],
    [
      'group.version',
      2,
      UPGRADE,
      'Invalid update version 2 for feature group.version. Local controller 0 only supports versions 0-1',
    ],
    [
      'group.version',
      0,
      UPGRADE,
      "Invalid update version 0 for feature group.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    ],
  ])('%s to %i as %i', (feature, level, upgradeType, text) => {
    const { records, response } = ask(imageOf(NEW), [[feature, level, upgradeType]])
    expect(records).toEqual([])
    expect(response).toEqual({ errorCode: 95, errorMessage: PREFIX + text, results: [] })
  })

  test('a feature that is off is not turned on by a downgrade', () => {
    const { response } = ask(imageOf({ 'metadata.version': 30 }), [['group.version', 1, SAFE]])
    expect(response.errorMessage).toBe(
      `${PREFIX}Invalid update version 1 for feature group.version. Can't downgrade to a newer version.`,
    )
  })

  test('a feature waits for the metadata version that it needs, which may come in the same request', () => {
    const image = imageOf({ 'metadata.version': 18 })
    const elr = 'eligible.leader.replicas.version'
    expect(ask(image, [[elr, 1, UPGRADE]]).response.errorMessage).toBe(
      `${PREFIX}Invalid update version 1 for feature ${elr}. ${elr} could not be set to 1 because it depends on metadata.version level 23`,
    )
    const both = ask(image, [
      [elr, 1, UPGRADE],
      ['metadata.version', 23, UPGRADE],
    ])
    expect(both.response.errorCode).toBe(0)
  })

  test('a broker that cannot run at the level stands in the way', () => {
    const features = [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 25 }]
    const image = imageOf(
      { 'metadata.version': 20 },
      {
        type: 'RegisterBroker',
        brokerId: 4,
        incarnationId: 'AAAAAAAAAAAAAAAAAAAAAw',
        brokerEpoch: 5,
        endPoints: [],
        features,
        rack: null,
        fenced: false,
        inControlledShutdown: false,
        logDirs: [],
      },
    )
    expect(ask(image, [['metadata.version', 26, UPGRADE]]).response.errorMessage).toContain(
      'Broker 4 only supports versions 7-25',
    )
  })
})

describe('levels that are taken', () => {
  test('one refused feature keeps the others as they are', () => {
    const { records, response } = ask(imageOf(NEW), [
      ['group.version', 0, SAFE],
      ['foo', 3, UPGRADE],
    ])
    expect([records, response.errorCode]).toEqual([[], 95])
  })

  test('safe and unsafe downgrades become records, and level 0 turns a feature off', () => {
    const { records, response } = ask(imageOf(NEW), [
      ['group.version', 0, SAFE],
      ['transaction.version', 1, UNSAFE],
    ])
    expect(records).toEqual([
      { type: 'FeatureLevel', name: 'group.version', featureLevel: 0 },
      { type: 'FeatureLevel', name: 'transaction.version', featureLevel: 1 },
    ])
    expect(response.results).toEqual([
      { feature: 'group.version', errorCode: 0, errorMessage: 'NONE' },
      { feature: 'transaction.version', errorCode: 0, errorMessage: 'NONE' },
    ])
    const after = imageOf(NEW).apply(records, { offset: 11, epoch: 1 })
    expect(Object.fromEntries(after.features)).toEqual({ 'metadata.version': 30, 'transaction.version': 1 })
  })

  test('the metadata version goes back as long as no level between has changed what is written', () => {
    expect(ask(imageOf({ 'metadata.version': 18 }), [['metadata.version', 17, SAFE]]).response.errorCode).toBe(0)
    expect(ask(imageOf({ 'metadata.version': 18 }), [['metadata.version', 16, SAFE]]).response.errorCode).toBe(95)
    expect(ask(imageOf({ 'metadata.version': 29 }), [['metadata.version', 24, SAFE]]).response.errorCode).toBe(0)
  })

  test('what is only to be validated writes nothing', () => {
    const { records, response } = ask(imageOf(NEW), [['group.version', 0, SAFE]], true)
    expect([records, response.errorCode]).toEqual([[], 0])
  })

  test('turning ELR on writes the least number of in-sync replicas down for all brokers, and takes it from single ones', () => {
    const own: MetadataRecord = {
      type: 'Config',
      resourceType: 4,
      resourceName: '3',
      name: 'min.insync.replicas',
      value: '1',
    }
    const image = imageOf({ 'metadata.version': 30 }, own)
    const { records } = ask(image, [['eligible.leader.replicas.version', 1, UPGRADE]])
    expect(records.slice(1)).toEqual([
      { ...own, resourceName: '', value: '2' },
      { ...own, value: null },
    ])
  })
})

describe('kraft.version, which the quorum keeps', () => {
  const settled = { level: 1, problemWith: (): string | null => null }

  test('is raised by the quorum: the metadata has a record only to wait for', () => {
    const { records, response, kraftVersion } = ask(imageOf(NEW), [['kraft.version', 1, UPGRADE]])
    expect([records, response.errorCode, kraftVersion]).toEqual([[{ type: 'NoOp' }], 0, 1])
  })

  test('stays where it is only asked whether it could be raised', () => {
    const { records, kraftVersion } = ask(imageOf(NEW), [['kraft.version', 1, UPGRADE]], true)
    expect([records, kraftVersion]).toEqual([[], null])
  })

  test('never goes down again, whatever downgrade it is', () => {
    for (const type of [SAFE, UNSAFE]) {
      const { response, kraftVersion } = ask(imageOf(NEW), [['kraft.version', 0, type]], false, settled)
      const reason = "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature."
      expect([response.errorMessage, kraftVersion]).toEqual([PREFIX + reason, null])
    }
  })

  test('can be "downgraded" to where it is', () => {
    const { records, response } = ask(imageOf(NEW), [['kraft.version', 0, SAFE]])
    expect([records, response.errorCode]).toEqual([[], 0])
  })

  test('is not raised where voters cannot run at it, nor is anything else of the request changed', () => {
    const kraft = { level: 0, problemWith: () => 'not all of the voters support it' }
    const updates: Given = [
      ['transaction.version', 2, UPGRADE],
      ['kraft.version', 1, UPGRADE],
    ]
    const { records, response, kraftVersion } = ask(imageOf(NEW), updates, false, kraft)
    expect([records, response.errorMessage, kraftVersion]).toEqual([
      [],
      `${PREFIX}not all of the voters support it`,
      null,
    ])
  })
})
