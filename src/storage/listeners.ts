/** Who wants to be told of something; costs nothing while nobody does. */
export class Listeners<T> {
  #listeners: ((value: T) => void)[] | null = null

  /** Returns a way to stop. */
  add(listener: (value: T) => void): () => void {
    this.#listeners = [...(this.#listeners ?? []), listener]
    return () => {
      this.#listeners = this.#listeners?.filter((other) => other !== listener) ?? null
    }
  }

  tell(value: T): void {
    if (this.#listeners !== null) for (const listener of this.#listeners) listener(value)
  }
}
