import { array, bytes, int32, message, string } from '../schema.js'

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

export const ConsumerProtocolAssignment = message('ConsumerProtocolAssignment', {
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array('0+', { topic: string('0+', { mapKey: true }), partitions: array('0+', int32) }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
})
