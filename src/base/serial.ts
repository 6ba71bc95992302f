/** Runs tasks one at a time, in the order in which they were handed in. A task that fails does not stop the next. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T> | T): Promise<T> {
    const done = this.#tail.then(task)
    this.#tail = done.catch(() => {})
    return done
  }

  /** Resolves when everything handed in so far has ended. */
  async idle(): Promise<void> {
    await this.#tail
  }
}
