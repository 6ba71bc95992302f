import { Command } from '@oclif/core'
import { type Clock, systemClock } from '../base/clock.js'
import { UserError } from '../base/user-error.js'
import { jsonText } from './data/json-text.js'
import type { RowIn, Shape } from './data/shape.js'
import { yamlText } from './data/yaml-text.js'
import { didYouMean } from './did-you-mean.js'
import { type Home, homeOf } from './local/home.js'

/** What klog's own commands share: the local broker's home, and a mistake told in one line with the next step. */
export abstract class KlogCommand extends Command {
  /** What it prints with --output. The help tells of it. */
  static data: readonly Shape[] = []
  protected readonly clock: Clock = systemClock

  protected get home(): Home {
    return homeOf(process.env)
  }

  protected note(line: string): void {
    this.logToStderr(line)
  }

  /** Prints data of a shape. */
  protected logData<S extends Shape>(format: 'json' | 'yaml', shape: S, rows: readonly RowIn<S>[]): void {
    const value = shape.isSingle ? rows[0] : rows
    this.log((format === 'json' ? jsonText(value) : yamlText(value)).trimEnd())
  }

  /** Which of the flags may have been meant by one that there is not. */
  private meantFlag(error: Error): string | null {
    const { flags } = error as { flags?: unknown }
    const [unknown] = Array.isArray(flags) ? (flags as readonly unknown[]) : []
    if (typeof unknown !== 'string') return null
    return didYouMean(unknown.replace(/^--?/, ''), Object.keys(this.ctor.flags ?? {}), '--')
  }

  protected override async catch(error: Error & { code?: string }): Promise<void> {
    // A command that ends with a code of its own has said what there is to say.
    if (error.code === 'EEXIT') throw error
    const [first] = error.message.split('\n\nSee more help')
    this.logToStderr(`klog: ${error instanceof UserError ? error.message : first}`)
    const nextStep = error instanceof UserError ? error.nextStep : this.meantFlag(error)
    if (nextStep !== null) this.logToStderr(`  ${nextStep}`)
    this.exit(1)
  }
}
