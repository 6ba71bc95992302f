import { createRequire } from 'node:module'

/**
 * Loads something that is not always there, or not always needed (a native module), on its first use and once.
 * The result is null where loading fails: the caller has another way, or says what is missing.
 */
export function nativeModule<T>(load: (require: NodeJS.Require) => T): () => T | null {
  let loaded: T | null | undefined
  return () => {
    if (loaded === undefined) {
      try {
        loaded = load(createRequire(import.meta.url))
      } catch {
        loaded = null
      }
    }
    return loaded
  }
}
