import type { Language } from '../contract/index.ts'
import {
  cliOptions,
  commandNames,
  exitCodes,
  optionsOf,
  specOf,
  type CliCommand,
  type CliOption,
  type Operand,
  type ValueKind,
} from './table.ts'
import { tableWords, type TableWords } from './tableWords.ts'

const widest = 96

/** What `amorce --help` says, or `amorce <command> --help`. */
export const helpOf = (language: Language, command?: CliCommand): string =>
  command ? commandHelp(command, language) : overview(language)

function overview(language: Language): string {
  const words = tableWords[language]
  return [
    language === 'fr' ? `amorce : ${words.tagline}` : `amorce: ${words.tagline}`,
    '',
    `${usageTitle(language)} amorce <${language === 'fr' ? 'commande' : 'command'}> [options]`,
    '',
    words.commands,
    ...table(commandNames.map((name) => [name, words.summary[name]])),
    '',
    words.exitTitle,
    ...table([
      [String(exitCodes.done), words.exit.done],
      [String(exitCodes.found), foundInGeneral[language]],
      [String(exitCodes.misused), words.exit.misused],
      [String(exitCodes.failed), words.exit.failed],
    ]),
    '',
    words.more,
  ].join('\n')
}

const foundInGeneral: Record<Language, string> = {
  fr: 'ce qui était cherché ou essayé ne va pas : chaque commande dit quoi',
  en: 'what was looked for or tried is not well: each command says what',
}

function commandHelp(command: CliCommand, language: Language): string {
  const words = tableWords[language]
  const detail = words.detail[command]
  return [
    `${usageTitle(language)} ${usageOf(command, words)}`,
    '',
    ...wrapped(`${capital(words.summary[command])}.${detail ? ` ${detail}` : ''}`),
    '',
    words.options,
    ...table(optionsOf(command).map((option) => [optionLabel(option, words), words.option[option]])),
    '',
    words.exitTitle,
    ...table(exitRows(command, words)),
  ].join('\n')
}

const usageTitle = (language: Language): string => (language === 'fr' ? 'Usage :' : 'Usage:')

/** The exit codes of a command, each with what it means. */
export function exitRows(command: CliCommand, words: TableWords): [string, string][] {
  const found = words.found[command]
  return [
    [String(exitCodes.done), words.exit.done],
    ...(specOf(command).finds && found ? [[String(exitCodes.found), found] as [string, string]] : []),
    [String(exitCodes.misused), words.exit.misused],
    [String(exitCodes.failed), words.exit.failed],
  ]
}

/** `amorce tftp [options] get|put <host> <file> [<other-name>]` */
export function usageOf(command: CliCommand, words: TableWords): string {
  const operands = specOf(command).operands.map((operand) => operandLabel(operand, words))
  return ['amorce', command, '[options]', ...operands].join(' ')
}

function operandLabel({ name, kind, optional, many }: Operand, words: TableWords): string {
  const label = Array.isArray(kind) ? words.operand[name] : `<${words.operand[name]}>`
  return `${optional ? `[${label}]` : label}${many ? '...' : ''}`
}

/** `--nic <name>` */
export function optionLabel(option: CliOption, words: TableWords): string {
  const kind: ValueKind | 'flag' = cliOptions[option]
  if (kind === 'flag') return `--${option}`
  const value = typeof kind === 'string' ? words.value[kind] : Array.isArray(kind) ? kind.join('|') : words.value.number
  return `--${option} ${Array.isArray(kind) ? value : `<${value}>`}`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, said]) => `  ${label.padEnd(width)}  ${said}`)
}

function wrapped(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > widest) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
