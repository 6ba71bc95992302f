import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../../base/user-error.js'
import { optionSpecs } from '../kafka-options.js'
import { defineTool, type Tool, type ToolIo } from '../tool.js'
import { type Candidate, candidates, type OtherCommands } from './candidates.js'
import { SCRIPTS, type Shell } from './scripts.js'

const definition = defineTool({
  name: 'completion',
  summary: 'Prints what makes a shell complete commands, options, and names of topics and groups.',
  words: 'bash | zsh | fish ',
  options: optionSpecs([
    { name: 'words', about: 'Print what may come in place of the last of the words that follow: shells ask this.' },
  ]),
  examples: ['bash >> ~/.bashrc', 'zsh > ~/.zfunc/_klog', 'fish > ~/.config/fish/completions/klog.fish'],
  act: async (options, io) => {
    const [shell] = options.words
    if (shell === undefined || !Object.hasOwn(SCRIPTS, shell)) {
      throw new UserError('which shell?', 'klog completion bash, klog completion zsh, or klog completion fish')
    }
    io.stdout.write(SCRIPTS[shell as Shell])
    return 0
  },
})

/** What follows --words is the command line of somebody else, not this tool's. */
export const completionTool: Tool = {
  ...definition,
  run: async (args, io) => {
    if (args[0] !== '--words') return await definition.run(args, io)
    const found = await candidates(args.slice(1), otherCommands(), onlyRunning(io))
    io.stdout.write(found.map(({ word, about }) => `${word}\t${about.replace(/\s+/g, ' ')}\n`).join(''))
    return 0
  },
}

/** Whoever presses the tab key does not want a broker to be started. */
function onlyRunning(io: ToolIo): ToolIo {
  process.env.KLOG_NO_SPAWN = '1'
  return io
}

interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      { readonly summary?: string; readonly flags: Readonly<Record<string, { readonly summary?: string }>> }
    >
  >
}

/** Of klog's commands that are no tools, as they were written down when the package was built. */
function otherCommands(): OtherCommands {
  try {
    const root = join(dirname(realpathSync(process.argv[1] ?? '')), '..')
    const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest
    return new Map(
      Object.entries(manifest.commands).map(([id, { summary = '', flags }]) => {
        const options: Candidate[] = Object.entries(flags).map(([name, flag]) => ({
          word: `--${name}`,
          about: flag.summary ?? '',
        }))
        return [id, { about: summary, options }]
      }),
    )
  } catch {
    return new Map()
  }
}
