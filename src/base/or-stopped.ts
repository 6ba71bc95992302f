/**
 * What `work` comes to, or null when `stop` fires first. Nothing of a finished wait stays with `stop`, so that a long-lived
 * signal can be waited for any number of times.
 */
export async function orStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | null> {
  if (stop.aborted) return null
  let onStop = (): void => {}
  const stopped = new Promise<null>((resolve) => {
    onStop = () => resolve(null)
    stop.addEventListener('abort', onStop)
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}
