import type { Outcome } from './outcomes.js'

/** Where klog does not do what Apache Kafka 4.3.1 does with a request that lies. */
export interface Difference {
  /** Of the frame. */
  readonly name: RegExp
  readonly kafka: Outcome
  readonly klog: Outcome
  readonly reason: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    name: /^Fetch v1[2-6]: partition tags tag 0 that is empty$/,
    kafka: 'closed',
    klog: 'answered',
    reason:
      'a tag that only later versions know: Kafka refuses it, klog skips it as any that it does not know (KIP-482)',
  },
  {
    name: /^Fetch v1[78]: partition tags tag 0 that is empty$|^Fetch v12: forgottenTopicsData varlength 1$/,
    kafka: 'closed',
    klog: 'answered',
    reason:
      'a known tag of less bytes than its field has: Kafka reads on into what follows, klog goes on where the tag says that it ends',
  },
  {
    name: /^AddPartitionsToTxn v[45]: transactions varlength 1$/,
    kafka: 'waiting',
    klog: 'answered',
    reason:
      'no transactions: Kafka answers when the last of them is done, which never comes; klog answers that there were none',
  },
]
