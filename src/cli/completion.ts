import type { Language } from '../contract/index.ts'
import {
  cliOptions,
  commandNames,
  optionsOf,
  specOf,
  type CliCommand,
  type CliOption,
  type ValueKind,
} from './table.ts'
import { tableWords } from './tableWords.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A completion script for a shell, from the command table. */
export const completionFor = (shell: Shell, language: Language): string =>
  ({ bash, zsh, fish })[shell](tableWords[language])

type Words = (typeof tableWords)['fr']

const kindOf = (option: CliOption): ValueKind | 'flag' => cliOptions[option]
const choicesOf = (kind: ValueKind | 'flag'): readonly string[] | undefined =>
  Array.isArray(kind) ? (kind as readonly string[]) : undefined
const isPath = (kind: ValueKind | 'flag'): boolean => kind === 'file' || kind === 'folder'

function bash(): string {
  const values = (Object.keys(cliOptions) as CliOption[]).flatMap((option) => {
    const kind = kindOf(option)
    const choices = choicesOf(kind)
    if (kind === 'flag') return []
    const answer = choices
      ? `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current"))`
      : kind === 'folder'
        ? 'COMPREPLY=($(compgen -d -- "$current"))'
        : 'COMPREPLY=()'
    return [`    --${option}) ${answer}; return ;;`]
  })
  const commands = commandNames.map((name) => {
    const first = specOf(name).operands[0]
    const choices = [...optionsOf(name).map((option) => `--${option}`), ...(first ? (choicesOf(first.kind) ?? []) : [])]
    return `    ${name}) words='${choices.join(' ')}' ;;`
  })
  return `# bash completion for amorce
_amorce() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commandNames.join(' ')} --help' -- "$current"))
    return
  fi
  case $previous in
${values.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${commands.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _amorce amorce
`
}

function zsh(words: Words): string {
  const quoted = (text: string): string =>
    text.replaceAll("'", "'\\''").replaceAll(':', '\\:').replace(/[[\]]/g, '\\$&')
  const argument = (option: CliOption): string => {
    const kind = kindOf(option)
    const choices = choicesOf(kind)
    const value =
      kind === 'flag' ? '' : choices ? `:${option}:(${choices.join(' ')})` : kind === 'folder' ? ':_:_files -/' : ':_:'
    return `'--${option}[${quoted(words.option[option])}]${value}'`
  }
  const commands = commandNames.map((name) => {
    const operands = specOf(name).operands.map(({ kind, many }, index) => {
      const choices = choicesOf(kind)
      const place = many ? '*' : String(index + 1)
      return `'${place}:_:${choices ? `(${choices.join(' ')})` : isPath(kind) ? '_files' : ''}'`
    })
    return `    ${name}) _arguments ${[...optionsOf(name).map(argument), ...operands].join(' ')} ;;`
  })
  return `#compdef amorce
_amorce() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commandNames.map((name) => `      '${name}:${quoted(words.summary[name])}'`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.join('\n')}
  esac
}
_amorce "$@"
`
}

function fish(words: Words): string {
  const quoted = (text: string): string => text.replaceAll("'", "\\'")
  const inCommand = (name: CliCommand): string => `-n '__fish_seen_subcommand_from ${name}'`
  const lines = commandNames.flatMap((name) => {
    const { operands } = specOf(name)
    const choices = operands.flatMap(({ kind }) => choicesOf(kind) ?? [])
    return [
      `complete -c amorce -f -n __fish_use_subcommand -a ${name} -d '${quoted(words.summary[name])}'`,
      ...(choices.length > 0 ? [`complete -c amorce -f ${inCommand(name)} -a '${choices.join(' ')}'`] : []),
      ...(operands.some(({ kind }) => isPath(kind)) ? [`complete -c amorce -F ${inCommand(name)}`] : []),
      ...optionsOf(name).map((option) => {
        const kind = kindOf(option)
        const values = choicesOf(kind)
        const value = kind === 'flag' ? '' : values ? ` -x -a '${values.join(' ')}'` : isPath(kind) ? ' -r -F' : ' -x'
        return `complete -c amorce ${inCommand(name)} -l ${option}${value} -d '${quoted(words.option[option])}'`
      }),
    ]
  })
  return `# fish completion for amorce\n${lines.join('\n')}\n`
}
