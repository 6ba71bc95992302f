import { javaFullMatch } from '../base/java-regex.js'
import { JavaError } from './java-error.js'

/**
 * Kafka's way to select topics by name: a list divided by commas, or a regular expression, which must match all of the name.
 * @throws JavaError when it is neither.
 */
export function topicFilter(text: string): (name: string) => boolean {
  const regex = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  try {
    return javaFullMatch(regex)
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    throw new JavaError('java.lang.RuntimeException', `${regex} is an invalid regex.`)
  }
}

const INTERNAL = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name)
}
