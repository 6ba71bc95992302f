import { UserError } from '../base/user-error.js'

/** The arguments of a request as they came: nothing of them is believed. */
export class Arguments {
  readonly #values: ReadonlyMap<string, unknown>

  constructor(given: unknown) {
    const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
    this.#values = new Map(isObject ? Object.entries(given) : [])
  }

  text(name: string): string {
    return this.textOrNull(name) ?? refuse(name, 'is missing')
  }

  textOrNull(name: string): string | null {
    const value = this.#values.get(name) ?? null
    return value === null || typeof value === 'string' ? value : refuse(name, 'is no text')
  }

  /** False where it is missing. */
  flag(name: string): boolean {
    const value = this.#values.get(name) ?? false
    return typeof value === 'boolean' ? value : refuse(name, 'is neither true nor false')
  }

  counts(name: string): number[] {
    const value = this.#values.get(name)
    const isSound = Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0)
    return isSound ? value : refuse(name, 'is no list of numbers')
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.#values.get(name)
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(name, 'is no number')
  }
}

function refuse(name: string, why: string): never {
  throw new UserError(`the argument ${name} ${why}`)
}
