import type { Arguments } from './arguments.js'
import type { Controlled } from './controlled.js'

/** One thing that a command may ask of the running broker: what it is called, what it takes, what it does. */
export interface Verb<A, R> {
  readonly name: string
  /** @throws UserError for arguments that cannot be */
  read(given: Arguments): A
  /** What it returns goes back as JSON. @throws UserError for what cannot be done, with the next step */
  run(broker: Controlled, asked: A): Promise<R>
}

export function verb<A extends object, R>(
  name: string,
  read: (given: Arguments) => A,
  run: (broker: Controlled, asked: A) => Promise<R>,
): Verb<A, R> {
  return { name, read, run }
}
