/**
 * Memory with several holders, taken from a pool that gets it back when the last one lets go. A holder that forgets to
 * costs only the reuse: the garbage collector takes the memory instead.
 */
export interface HeldBuffer {
  /** At least as many bytes as were asked for. */
  readonly buffer: Buffer
  hold(): unknown
  release(): void
}

/** Where large buffers come from: fresh memory is slow to touch for the first time, so a broker passes a pool. */
export interface BufferSource {
  take(sizeBytes: number): HeldBuffer
}

/** Fresh memory each time, for tools that read a log once. */
export const freshBuffers: BufferSource = {
  take: (sizeBytes) => ({ buffer: Buffer.allocUnsafeSlow(sizeBytes), hold: () => {}, release: () => {} }),
}
