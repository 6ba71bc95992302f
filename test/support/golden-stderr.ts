import type { GoldenLine } from './golden-file.js'

const RECORD = /^\[\{log-time\}\] (?:TRACE|DEBUG|INFO|WARN|ERROR) /
const RECORD_END = /\([\w.$]+\)$/
const TRACE_HEAD = /^(Exception in thread "main" )?[a-z]\w*(?:\.[a-z]\w*)*\.[A-Z][\w$]*(?:: (.*))?$/
const TRACE_DETAIL = /^ at \[Source/
const HINT = /^The consumer rebalance protocol \(KIP-848\) is production-ready!/

/**
 * What klog prints of what Kafka's tools wrote to stderr: no records of a Java logger, no Java stack traces and no advice to
 * use the newer group protocol. Of `Exception in thread "main" Class: message` the message stays.
 */
export function withoutJava(lines: readonly GoldenLine[]): GoldenLine[] {
  const kept: GoldenLine[] = []
  for (let at = 0; at < lines.length; at++) {
    const { text } = lines[at]!
    if (RECORD.test(text)) at = endOfRecord(lines, at)
    else if (HINT.test(text)) continue
    else if (text === '{stack}') {
      // A trace that was printed as a text ends in a line of its own.
      if (at === lines.length - 2 && lines[at + 1]!.text === '') at++
    } else if (TRACE_HEAD.test(text) && !isMessageOf(lines[at + 1], text)) {
      const [, isUncaught, message] = TRACE_HEAD.exec(text)!
      if (isUncaught !== undefined) kept.push({ text: message ?? '', isEnded: true })
    } else if (!TRACE_DETAIL.test(text)) kept.push(lines[at]!)
  }
  return kept
}

/** Some tools print the message of what wraps another failure, `Class: message`, and then its trace. */
function isMessageOf(next: GoldenLine | undefined, text: string): boolean {
  return next !== undefined && TRACE_HEAD.test(next.text) && next.text.endsWith(`Exception: ${text}`)
}

const RETRY =
  /^\[[^\]]+\] WARN \[[^\]]+\] (?:Connection to node |Bootstrap broker |The metadata response from the cluster reported a recoverable issue)/

/** Without what Kafka's clients log each time that they try again: how often that is depends on the machine. */
export function withoutRetries(lines: readonly GoldenLine[]): GoldenLine[] {
  const isRetry = (at: number): boolean =>
    RETRY.test(lines[at]!.text) || (lines[at]!.text === '{repeated}' && at > 0 && isRetry(at - 1))
  return lines.filter((_, at) => !isRetry(at))
}

/** The same of what was printed now. */
export function withoutRetriesIn(actual: string): string {
  return actual
    .split(/(?<=\n)/)
    .filter((line) => !RETRY.test(line))
    .join('')
}

/** klog's own remarks, on lines that start with its name, come on top of what Kafka prints. */
export function withoutRemarks(actual: string): string {
  return actual
    .split(/(?<=\n)/)
    .filter((line) => !line.startsWith('klog: ') && !HINT.test(line))
    .join('')
}

/** The last line of the record that starts at `from`, with the repetitions that follow it. */
function endOfRecord(lines: readonly GoldenLine[], from: number): number {
  let at = from
  while (at < lines.length - 1 && !RECORD_END.test(lines[at]!.text)) at++
  while (/^\{repeated(?::2)?\}$/.test(lines[at + 1]?.text ?? '')) at++
  return at
}
