import type { Language } from '../contract/index.ts'
import type { Installation as HowInstalled } from '../updates/index.ts'
import type { CliArguments } from './arguments.ts'
import type { Said } from './said.ts'
import type { CliOption, ExitCode } from './table.ts'

/** What the command line touches of the world. */
export interface CliWorld {
  env: Readonly<Record<string, string | undefined>>
  platform: string
  /** The user's home folder. */
  home: string
  /** `-` is standard input. Throws as `readFileSync` does. */
  readFile(path: string): Uint8Array
  out(text: string): void
  err(text: string): void
  /** Calls back when the process is asked to end; returns its unsubscribe. */
  onStop(listener: () => void): () => void
  /** Where this Amorce is installed. */
  installation: Installation
}

export interface Installation {
  version: string
  /** With `boot-loaders.json` and the loaders in `boot`. */
  resourcesFolder: string
  /** With the programs of threads. */
  programFolder: string
  /** How it came onto this computer. */
  here: HowInstalled
}

/** One run of one command. */
export interface Task {
  arguments: CliArguments
  language: Language
  said: Said
  world: CliWorld
  json: boolean
  /** A line for the person who reads along; nothing with --json. */
  say(line: string): void
  /** One JSON value on a line of its own; nothing without --json. */
  tell(value: object): void
}
export type Command = (task: Task) => ExitCode | Promise<ExitCode>

export const textOption = (task: Task, option: CliOption): string | undefined => {
  const value = task.arguments.options[option]
  return value === true ? undefined : value
}
export const numberOption = (task: Task, option: CliOption): number | undefined => {
  const text = textOption(task, option)
  return text === undefined ? undefined : Number(text)
}
export const isGiven = (task: Task, option: CliOption): boolean => task.arguments.options[option] !== undefined
