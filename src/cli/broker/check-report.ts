import type { CheckReport } from '../../control/verbs/check-broker.js'

/** A line for each thing that is wrong, what comes of it below; and how much was looked at. */
export function checkText(report: CheckReport): string {
  const { findings, partitions, segments, batches, bytes } = report
  const lines = findings.flatMap(({ path, what, nextStep }) => [`${path}: ${what}`, `  ${nextStep}`])
  const counted = `${partitions} partitions, ${segments} segments, ${batches} batches, ${bytes} bytes checked`
  return [...lines, `${counted}: ${findings.length === 0 ? 'nothing is wrong' : `${findings.length} wrong`}`].join('\n')
}
