import { CommandHelp, Help } from '@oclif/core'

/** oclif's help with the examples before everything else: most people look for a line to change. */
export class ExamplesFirstHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst
}

class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    const isExamples = ({ header }: { header: string }): boolean => header === 'EXAMPLES'
    return [...sections.filter(isExamples), ...sections.filter((section) => !isExamples(section))]
  }
}
