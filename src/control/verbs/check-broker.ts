import { checkDirectories } from '../../storage/check/directory-check.js'
import type { CheckReport } from '../../storage/check/finding.js'
import { systemDisk } from '../../storage/disk.js'
import { verb } from '../verb.js'

export type { CheckReport, Finding } from '../../storage/check/finding.js'

/** Looks at everything that the broker has on its disks, while it goes on. */
export const checkBroker = verb(
  'broker.check',
  () => ({}),
  async ({ directories, logs }): Promise<CheckReport> => {
    for (const log of logs()) log.flushQueued()
    return checkDirectories({ disk: systemDisk, directories: directories.map(({ path }) => path), isLive: true })
  },
)
