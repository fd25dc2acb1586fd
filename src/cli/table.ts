/**
 * What the command line takes. Help, shell completion, the man page and the reading of arguments are all made from this one
 * table, so that none of them can say what the others do not.
 */

import { importSubjects, type ListExport } from '../contract/index.ts'

/** What stands for a value: a word, a path, one of a few words, or a number within bounds. */
export type ValueKind = 'word' | 'file' | 'folder' | readonly string[] | { readonly min: number; readonly max: number }

/** What of the stock can be exported. */
export const exportedLists = [
  'items',
  'consumables',
  'reorder',
  'movements',
  'loans',
  'interventions',
  'disposal',
  'locations',
  'types',
  'fields',
  'suppliers',
  'people',
] as const satisfies readonly ('items' | ListExport['what']['list'])[]
export type ExportedList = (typeof exportedLists)[number]

export const cliOptions = {
  data: 'folder',
  nic: 'word',
  demo: 'flag',
  machines: { min: 1, max: 300 },
  'accept-warnings': 'flag',
  /** 0 for none. */
  'status-port': { min: 0, max: 65_535 },
  port: { min: 1, max: 65_535 },
  'block-size': { min: 8, max: 65_464 },
  'window-size': { min: 1, max: 64 },
  'dry-run': 'flag',
  'skip-refused': 'flag',
  as: importSubjects,
  list: exportedLists,
  format: ['csv', 'xlsx', 'glpi'],
  to: 'folder',
  json: 'flag',
  language: ['fr', 'en'],
  help: 'flag',
} as const satisfies Record<string, ValueKind | 'flag'>
export type CliOption = keyof typeof cliOptions

/** Taken by every command. */
export const commonOptions = ['json', 'language', 'help'] as const satisfies readonly CliOption[]

export interface Operand {
  /** Its name in the usage line; its words are under the same name. */
  readonly name: OperandName
  readonly kind: ValueKind
  readonly optional?: true
  /** One or more. */
  readonly many?: true
}
export const operandNames = [
  'file',
  'files',
  'action',
  'host',
  'remoteFile',
  'localFile',
  'shell',
  'pinAction',
  'folder',
] as const
export type OperandName = (typeof operandNames)[number]

export interface CommandSpec {
  readonly operands: readonly Operand[]
  readonly options: readonly CliOption[]
  /** What its exit code 1 means, if it ever ends with it; the words are under the command's name. */
  readonly finds: boolean
}

const file: Operand = { name: 'file', kind: 'file' }

export const cliCommands = {
  serve: {
    operands: [],
    options: ['data', 'nic', 'accept-warnings', 'status-port', 'demo', 'machines'],
    finds: true,
  },
  status: { operands: [], options: ['status-port'], finds: true },
  check: { operands: [file], options: [], finds: true },
  probe: { operands: [], options: ['nic'], finds: true },
  tftp: {
    operands: [
      { name: 'action', kind: ['get', 'put'] },
      { name: 'host', kind: 'word' },
      { name: 'remoteFile', kind: 'file' },
      { name: 'localFile', kind: 'file', optional: true },
    ],
    options: ['port', 'block-size', 'window-size', 'nic'],
    finds: true,
  },
  import: {
    operands: [{ name: 'files', kind: 'file', many: true }],
    options: ['data', 'as', 'dry-run', 'skip-refused'],
    finds: true,
  },
  export: { operands: [file], options: ['data', 'list', 'format'], finds: false },
  backup: { operands: [], options: ['data', 'to'], finds: false },
  pin: { operands: [{ name: 'pinAction', kind: ['forget'] }], options: ['data'], finds: true },
  update: { operands: [{ name: 'folder', kind: 'folder' }], options: [], finds: true },
  selftest: { operands: [], options: ['machines'], finds: true },
  completion: { operands: [{ name: 'shell', kind: ['bash', 'zsh', 'fish'] }], options: [], finds: false },
  man: { operands: [], options: [], finds: false },
} as const satisfies Record<string, CommandSpec>
export type CliCommand = keyof typeof cliCommands

export const commandNames = Object.keys(cliCommands) as CliCommand[]
export const specOf = (command: CliCommand): CommandSpec => cliCommands[command]
export const optionsOf = (command: CliCommand): CliOption[] => [...specOf(command).options, ...commonOptions]

/** What every command ends with; the words are in tableWords.ts. */
export const exitCodes = { done: 0, found: 1, misused: 2, failed: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
