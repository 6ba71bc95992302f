import { delimiter } from 'node:path'

/** How to put `directory` on the PATH of the shell in use; null when it is there already. */
export function pathAdvice(directory: string, env: Readonly<Record<string, string | undefined>>): string | null {
  if ((env.PATH ?? '').split(delimiter).includes(directory)) return null
  if (delimiter === ';') return `setx PATH "${directory};%PATH%"`
  const shell = env.SHELL ?? ''
  if (shell.endsWith('fish')) return `fish_add_path '${directory}'`
  const file = shell.endsWith('zsh') ? '~/.zshrc' : '~/.bashrc'
  return `export PATH="${directory}:$PATH"     (in ${file}, to keep it)`
}
