import { array, bytes, int32, message, string } from '../schema.js'

// What consumers tell each other through the classic group protocol, in the bytes that the coordinator hands on
// unread: the version as int16, then the fields. A reader takes an unknown version for the newest it knows and leaves
// what follows.

/**
 * What a member wants to read. v1 tells what it holds (cooperative rebalancing, KIP-429), v2 its generation
 * (KIP-792), v3 its rack (KIP-881).
 */
export const ConsumerProtocolSubscription = message('ConsumerProtocolSubscription', {
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array('0+', string),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array(
      '1+',
      { topic: string('1+', { mapKey: true }), partitions: array('1+', int32) },
      { ignorable: true },
    ),
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
})

/** What a member shall read. */
export const ConsumerProtocolAssignment = message('ConsumerProtocolAssignment', {
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array('0+', { topic: string('0+', { mapKey: true }), partitions: array('0+', int32) }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
})
