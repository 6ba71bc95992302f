import type { ConfigChanges } from '../../client/configs.js'
import { loadProperties } from '../properties.js'
import type { ToolIo } from '../tool.js'
import type { ConfigsOptions } from './options.js'
import { Refusal } from './refusal.js'

/** What --add-config, --add-config-file and --delete-config ask for. */
export function changesOf(options: ConfigsOptions, io: ToolIo): ConfigChanges {
  const file = options.text('add-config-file')
  const set = file === undefined ? parseAddConfig(options.text('add-config')) : loadProperties(file, io.directory)
  const remove = options.texts('delete-config').flatMap((text) => text.split(',').map((name) => name.trim()))
  for (const name of set.keys()) checkName(name)
  return { set, remove }
}

const OUTSIDE_BRACKETS = '(?![^\\[\\]]*\\])'
const COMMA = new RegExp(`,${OUTSIDE_BRACKETS}`)
const EQUALS = new RegExp(`\\s*=\\s*${OUTSIDE_BRACKETS}`)

/** `a=b,c=[d,e]`: commas and equal signs in brackets belong to the value, whose brackets then go. */
export function parseAddConfig(text: string | undefined): Map<string, string> {
  if (text === undefined) return new Map()
  // As Java splits: what is empty at the end of the list does not count.
  const items = text.replace(/,+$/, '').split(COMMA)
  return new Map(
    items.map((item) => {
      const parts = item.split(EQUALS)
      if (parts.length !== 2) {
        throw new Refusal(
          'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
        )
      }
      return [parts[0]!.trim(), parts[1]!.replace(/[[\]]/g, '').trim()]
    }),
  )
}

function checkName(name: string): void {
  if (!/^[a-zA-Z0-9._-]*$/.test(name)) throw new Refusal(`Invalid character found for config key: ${name}`)
}
