import { checkDirectories } from '../../storage/check/directory-check.js'
import type { CheckReport } from '../../storage/check/finding.js'
import { systemDisk } from '../../storage/disk.js'
import { type Verb, verb } from '../verb.js'

export type { CheckReport, Finding } from '../../storage/check/finding.js'

/** Looks at everything that the broker has on its disks, while it goes on; of a cluster at what the brokers have that run. */
export const checkBroker: Verb<object, CheckReport> = verb(
  'broker.check',
  () => ({}),
  async ({ directories, logs, cluster }): Promise<CheckReport> => {
    if (cluster !== null) return together((await cluster.askAll(checkBroker, {})).map(({ answer }) => answer))
    for (const log of logs()) log.flushQueued()
    return checkDirectories({ disk: systemDisk, directories: directories.map(({ path }) => path), isLive: true })
  },
)

function together(reports: readonly CheckReport[]): CheckReport {
  const sum = (count: (report: CheckReport) => number): number => reports.reduce((total, one) => total + count(one), 0)
  return {
    directories: reports.flatMap(({ directories }) => directories),
    partitions: sum(({ partitions }) => partitions),
    segments: sum(({ segments }) => segments),
    batches: sum(({ batches }) => batches),
    bytes: sum(({ bytes }) => bytes),
    findings: reports.flatMap(({ findings }) => findings),
  }
}
