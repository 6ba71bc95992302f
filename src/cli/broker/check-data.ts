import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../../base/user-error.js'
import { checkDirectories } from '../../storage/check/directory-check.js'
import type { CheckReport } from '../../storage/check/finding.js'
import { systemDisk } from '../../storage/disk.js'
import { META_PROPERTIES_FILE } from '../../storage/meta-properties.js'

/** Looks at log directories that no broker of this machine need know of; nothing in them is changed. @throws UserError */
export function checkData(paths: readonly string[]): Promise<CheckReport> {
  const directories = paths.map((path) => resolve(path)).flatMap(logDirectoriesOf)
  return checkDirectories({ disk: systemDisk, directories: [...new Set(directories)], isLive: false })
}

/** The directory itself, or those below it where it only holds the directories of several brokers. */
function logDirectoriesOf(path: string): string[] {
  if (!existsSync(path)) throw new UserError(`there is no ${path}`, 'Name a directory of log.dirs: --data DIR')
  if (existsSync(join(path, META_PROPERTIES_FILE))) return [path]
  const below = readdirSync(path)
    .map((name) => join(path, name))
    .filter((one) => existsSync(join(one, META_PROPERTIES_FILE)))
  return below.length > 0 ? below : [path]
}
