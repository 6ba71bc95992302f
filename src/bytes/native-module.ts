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
        // The bundle is CommonJS, where import.meta has no url and __filename exists; from source it is the other way round.
        loaded = load(createRequire(import.meta.url ?? __filename))
      } catch {
        loaded = null
      }
    }
    return loaded
  }
}
