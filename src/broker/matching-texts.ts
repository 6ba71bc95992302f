import { runInNewContext } from 'node:vm'
import { JavaError } from '../base/java-error.js'
import { javaFullMatch } from '../base/java-regex.js'

/** No honest pattern takes as long; the broker does nothing else meanwhile. */
const TIME_MS_MAX = 500

/**
 * The texts that a client's pattern, in Java's notation, matches as a whole. Null where it is no pattern, or one that would never
 * come to an end.
 */
export function matchingTexts(pattern: string, texts: readonly string[]): ReadonlySet<string> | null {
  try {
    const matches = javaFullMatch(pattern)
    const select = (): Set<string> => new Set(texts.filter(matches))
    return runInNewContext('select()', { select }, { timeout: TIME_MS_MAX }) as Set<string>
  } catch (error) {
    const isTooSlow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    if (!isTooSlow && !(error instanceof JavaError)) throw error
    return null
  }
}
