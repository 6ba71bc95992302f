import { UserError } from '../../base/user-error.js'
import { changesSomething } from './changes.js'
import { type Context, chooseContext } from './choose.js'

type Env = Readonly<Record<string, string | undefined>>

/** A command line without --context, and what that said. @throws UserError when it says nothing. */
export function splitContext(args: readonly string[]): {
  readonly args: readonly string[]
  readonly name: string | null
} {
  const at = args.findIndex((arg) => arg === '--context' || arg.startsWith('--context='))
  if (at < 0) return { args, name: null }
  const attached = args[at]!.startsWith('--context=') ? args[at]!.slice('--context='.length) : null
  const name = attached ?? args[at + 1]
  if (!name) throw new UserError('--context needs a name', 'klog context shows those that there are')
  return { args: args.filter((_, i) => i !== at && (attached !== null || i !== at + 1)), name }
}

/**
 * The context for one call of a tool; null when the command line names brokers itself, or nothing is chosen.
 * @throws UserError when the context is read-only and the call changes something.
 */
export function contextOf(tool: string, args: readonly string[], env: Env, directory: string): Context | null {
  if (args.some((arg) => /^(?:--?bootstrap-(?:server|controller)|-b|-C)(?:=|$)|^bootstrap\.servers=/.test(arg)))
    return null
  const context = chooseContext(env, directory)
  if (context?.isReadOnly && env.KLOG_ALLOW_CHANGES !== '1' && changesSomething(tool, args)) {
    throw new UserError(
      `context ${context.name} is read-only, and this changes something`,
      `to do it all the same: KLOG_ALLOW_CHANGES=1 klog ${tool} …`,
    )
  }
  return context
}

/** Settings of the context, below those given; none of them when brokers are named. */
export function withContext(
  given: ReadonlyMap<string, string>,
  bootstrapFlag: string | undefined,
  io: { readonly context?: Context | null },
): Map<string, string> {
  return new Map([...(bootstrapFlag === undefined ? (io.context?.properties ?? []) : []), ...given])
}
