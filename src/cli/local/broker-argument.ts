import { Args, Flags } from '@oclif/core'

/** A broker of a cluster, by its id. */
export const brokerArgument = Args.integer({ name: 'broker', min: 0, description: 'id of one broker of a cluster' })
export const requiredBroker = Args.integer({ required: true, min: 0, description: 'id of the broker' })
export const forceFlag = Flags.boolean({ summary: 'also where that leaves no majority of the voters' })
