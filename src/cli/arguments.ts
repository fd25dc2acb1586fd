import { languages, type Language } from '../contract/index.ts'
import {
  cliOptions,
  commandNames,
  optionsOf,
  specOf,
  type CliCommand,
  type CliOption,
  type Operand,
  type ValueKind,
} from './table.ts'

/** What was typed, read against the table. */
export interface CliArguments {
  command: CliCommand
  /** Options that were given; a flag is `true`. */
  options: Partial<Record<CliOption, string | true>>
  operands: string[]
}

/** What is wrong with what was typed, and the piece of it that is meant. */
export interface Misuse {
  wrong:
    | 'noCommand'
    | 'unknownCommand'
    | 'unknownOption'
    | 'optionElsewhere'
    | 'valueMissing'
    | 'valueWrong'
    | 'operandMissing'
    | 'operandWrong'
    | 'operandTooMany'
  subject: string
  command?: CliCommand
}

export type ReadArguments =
  | { ok: true; arguments: CliArguments; language?: Language }
  | { ok: false; misuse: Misuse; language?: Language }
  | { ok: 'help'; command?: CliCommand; language?: Language }

/** Reads the words after the program's name. What they are wrong about first is told. */
export function readArguments(words: readonly string[]): ReadArguments {
  const found: { options: CliArguments['options']; plain: string[]; misuse?: Misuse } = { options: {}, plain: [] }
  const refuse = (wrong: Misuse['wrong'], subject: string): void => {
    found.misuse ??= { wrong, subject }
  }
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') found.plain.push(...rest.splice(0))
    else if (word === '-h') found.options.help = true
    else if (word.startsWith('--')) readOption(word, rest, found.options, refuse)
    else if (word.startsWith('-') && word !== '-') refuse('unknownOption', word)
    else found.plain.push(word)
  }
  const { options } = found
  const language = languages.find((each) => each === options.language)
  const inLanguage = language ? { language } : {}
  const [name, ...operands] = found.plain
  const command = commandNames.find((each) => each === name)
  if (options.help) return { ok: 'help', ...(command && { command }), ...inLanguage }

  const misuse = found.misuse ?? misuseOf(name, command, operands, options)
  if (misuse) return { ok: false, misuse: { ...misuse, ...(command && { command }) }, ...inLanguage }
  return { ok: true, arguments: { command: command as CliCommand, options, operands }, ...inLanguage }
}

function readOption(
  word: string,
  rest: string[],
  options: CliArguments['options'],
  refuse: (wrong: Misuse['wrong'], subject: string) => void,
): void {
  const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  if (!Object.hasOwn(cliOptions, name)) return refuse('unknownOption', word)
  const option = name as CliOption
  const kind: ValueKind | 'flag' = cliOptions[option]
  if (kind === 'flag') {
    if (inline !== undefined) return refuse('unknownOption', word)
    options[option] = true
    return
  }
  const value = inline ?? rest.shift()
  if (value === undefined || value === '') return refuse('valueMissing', `--${name}`)
  if (!fits(value, kind)) return refuse('valueWrong', `--${name} ${value}`)
  options[option] = value
}

function misuseOf(
  name: string | undefined,
  command: CliCommand | undefined,
  operands: readonly string[],
  options: CliArguments['options'],
): Misuse | undefined {
  if (name === undefined) return { wrong: 'noCommand', subject: '' }
  if (!command) return { wrong: 'unknownCommand', subject: name }
  const taken = optionsOf(command)
  const elsewhere = (Object.keys(options) as CliOption[]).find((option) => !taken.includes(option))
  if (elsewhere) return { wrong: 'optionElsewhere', subject: `--${elsewhere}` }
  const expected = specOf(command).operands
  for (const [index, operand] of expected.entries()) {
    const given = operands[index]
    if (given === undefined) {
      if (!operand.optional) return { wrong: 'operandMissing', subject: operand.name }
    } else if (!fits(given, operand.kind)) return { wrong: 'operandWrong', subject: given }
  }
  const extra = isOpenEnded(expected) ? undefined : operands[expected.length]
  return extra === undefined ? undefined : { wrong: 'operandTooMany', subject: extra }
}

const isOpenEnded = (operands: readonly Operand[]): boolean => operands.at(-1)?.many === true

function fits(value: string, kind: ValueKind): boolean {
  if (typeof kind === 'string') return value !== ''
  if (Array.isArray(kind)) return kind.includes(value)
  const { min, max } = kind as { min: number; max: number }
  return /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
}
