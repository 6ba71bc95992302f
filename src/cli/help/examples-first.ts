import { CommandHelp, Help } from '@oclif/core'
import type { Shape } from '../data/shape.js'
import { shapesText } from '../data/shape-text.js'

/** oclif's help with the examples before everything else: most people look for a line to change. */
export class ExamplesFirstHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst
}

class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    const isExamples = ({ header }: { header: string }): boolean => header === 'EXAMPLES'
    const { data = [] } = this.command as { data?: readonly Shape[] }
    const shapes = data.length === 0 ? [] : [{ header: 'WHAT --OUTPUT JSON HAS', generate: () => dataText(data) }]
    return [...sections.filter(isExamples), ...sections.filter((section) => !isExamples(section)), ...shapes]
  }
}

/** oclif sets it in by two more. */
function dataText(data: readonly Shape[]): string {
  return `${shapesText(data).replace(/^ {2}/gm, '').trimEnd()}\nWhere ? stands it may be null.`
}
