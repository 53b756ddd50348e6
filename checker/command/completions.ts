/**
 * Completions beyond commands and flags: the names of shipped scenarios, and files, for the
 * commands that take them. They follow the output of `--completions SHELL` itself.
 */
import { shippedNames } from "./shipped.ts"

/** The commands that take scenarios as arguments. */
const commands = ["check", "explore", "show"]

/** Their flags without a value: the word after any other flag is not a scenario. */
const switches = ["--all", "--json", "--open"]

const scripts = {
  bash: (names: string) => `_quorate_scenarios()
{
  _quorate "$@"
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  [[ $COMP_CWORD -gt 1 && "$word" != -* && \${#COMPREPLY[@]} -eq 0 ]] || return 0
  case "$before" in
    ${switches.join("|")}) ;;
    -*) COMPREPLY=( $(compgen -f -- "$word") ); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
    ${commands.join("|")}) COMPREPLY=( $(compgen -W '${names}' -- "$word") $(compgen -f -- "$word") ) ;;
  esac
}
complete -o filenames -F _quorate_scenarios quorate`,
  zsh: (names: string) => `_quorate_scenarios()
{
  local before="$words[CURRENT-1]"
  if (( CURRENT > 2 )) && [[ "$words[2]" == (${commands.join("|")}) && "$PREFIX" != -* ]] &&
    [[ "$before" != -* || "$before" == (${switches.join("|")}) ]]; then
    compadd -- ${names}
    _files
  fi
  _quorate "$@"
}
compdef _quorate_scenarios quorate`,
  fish: (names: string) =>
    `complete -c quorate -n '__fish_seen_subcommand_from ${commands.join(" ")}' -F -a '${names}'`
} as const

/** The additional output, if the arguments ask for the completions of a shell. */
export const scenarioCompletions = (given: ReadonlyArray<string>): string | undefined => {
  const at = given.findIndex((word) => /^--completions(?:=|$)/.test(word))
  const shell = at < 0 ? undefined : (given[at]?.split("=")[1] ?? given[at + 1])
  if (shell === undefined || !Object.hasOwn(scripts, shell)) return undefined
  const script = scripts[shell as keyof typeof scripts](shippedNames().join(" "))
  return `###-begin-quorate-scenarios-###\n${script}\n###-end-quorate-scenarios-###`
}
