import type { Produced } from './produced.js'

/** Where klog does not do what Apache Kafka 4.3.1 does with a batch that lies. Never does klog take what Kafka refuses. */
export interface BatchDifference {
  /** Of the batch. */
  readonly name: RegExp
  /** In the words of `verdictOf`. */
  readonly kafka: RegExp
  readonly klog: RegExp
  readonly reason: string
}

/** What Kafka does where it sees nothing wrong with the batch as such. */
const SEEN_AS_GOOD = /^(NONE|taken|INVALID_TIMESTAMP|OUT_OF_ORDER_SEQUENCE_NUMBER|INVALID_PRODUCER_EPOCH)/
const REFUSED_AS_RECORD = /^(INVALID_RECORD|closed)$/

export const BATCH_DIFFERENCES: readonly BatchDifference[] = [
  {
    name: /: null$/,
    kafka: /^waiting$/,
    klog: /^(INVALID_RECORD|INVALID_PRODUCER_ID_MAPPING|closed)$/,
    reason: 'no records: Kafka trips over them and never answers',
  },
  {
    name: /codec [1-4],.*(record length off|rest in the record|records|packed by|padded number)/,
    kafka: /^(?!waiting)/,
    klog: REFUSED_AS_RECORD,
    reason:
      'the length of a packed record: Kafka does not look at it but to make room for so much, and keeps what no consumer can read; klog refuses it',
  },
  {
    name: /codec [1-4],.*packed (by|as)/,
    kafka: new RegExp(`${SEEN_AS_GOOD.source}|^(INVALID_RECORD|closed)$`),
    klog: /^(UNKNOWN_SERVER_ERROR|closed)$/,
    reason:
      'damage behind the last packed record, or records that lie as well: Kafka unpacks no further than it reads, klog all of it first',
  },
  {
    name: /codec 0,.*padded number 0/,
    kafka: /^UNKNOWN_SERVER_ERROR$/,
    klog: REFUSED_AS_RECORD,
    reason: 'a length of more than five bytes: Kafka takes it for a failure of its own, klog for one of the record',
  },
  {
    name: /transaction (open|unknown):.*length (45|46|47|48|off)/,
    kafka: /^(INVALID_PRODUCER_ID_MAPPING|closed)$/,
    klog: /^(CORRUPT_MESSAGE|INVALID_REQUIRED_ACKS|closed)$/,
    reason:
      'shorter than its own header, but with a producer: klog does not ask about the transaction of what is corrupt',
  },
]

/** The error, or what else became of the batch. */
export function verdictOf({ answer, stored }: Produced): string {
  if (typeof answer === 'string') return answer
  if (answer.error === null) return stored.length > 0 ? 'taken' : 'answered'
  return answer.error
}
