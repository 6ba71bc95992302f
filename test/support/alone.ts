import type { QuorumCalls } from '../../src/broker/metadata-quorum.js'

const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody else'))
const calls: QuorumCalls = { vote: nobody, beginEpoch: nobody, endEpoch: nobody }

/** A quorum of node 0 alone. */
export const ALONE = { voters: [0], calls }
