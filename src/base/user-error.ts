/** A mistake that a person can mend: what is wrong in one line, and what to do next. */
export class UserError extends Error {
  override name = 'UserError'

  constructor(
    message: string,
    readonly nextStep: string | null = null,
  ) {
    super(message)
  }
}
