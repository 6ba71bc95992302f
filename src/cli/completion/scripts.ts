/** What a shell loads: it asks `klog completion --words` for what may come next, and completes file names where that says nothing. */
export const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: `_klog() {
  local words found
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local IFS=$'\\n'
  found=($(klog completion --words "\${words[@]}" 2>/dev/null | cut -f1))
  COMPREPLY=("\${found[@]}")
}
complete -o default -F _klog klog
`,
  zsh: `#compdef klog
_klog() {
  local -a found
  local word about
  while IFS=$'\\t' read -r word about; do
    found+=("\${word//:/\\\\:}\${about:+:$about}")
  done < <(klog completion --words "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe 'klog' found; else _files; fi
}
if [ "$funcstack[1]" = _klog ]; then _klog "$@"; else compdef _klog klog; fi
`,
  fish: `function __klog_complete
    set -l words (commandline -opc) (commandline -ct)
    klog completion --words $words[2..-1] 2>/dev/null
end
complete -c klog -a '(__klog_complete)'
`,
}

export type Shell = keyof typeof SCRIPTS
