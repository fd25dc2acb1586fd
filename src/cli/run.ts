import { toWireError, type Language } from '../contract/index.ts'
import { readArguments, type Misuse } from './arguments.ts'
import { helpOf } from './help.ts'
import { saidIn, type Said } from './said.ts'
import { exitCodes, type CliCommand, type ExitCode } from './table.ts'
import type { CliWorld, Command, Task } from './task.ts'

/** Each is loaded when it is wanted: to say what is wrong with a file takes no database. */
const commands: Record<CliCommand, () => Promise<Command>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  status: async () => (await import('./commands/status.ts')).status,
  check: async () => (await import('./commands/check.ts')).checkFile,
  probe: async () => (await import('./commands/probe.ts')).probe,
  tftp: async () => (await import('./commands/tftp.ts')).tftp,
  import: async () => (await import('./commands/import.ts')).importItems,
  export: async () => (await import('./commands/export.ts')).exportList,
  backup: async () => (await import('./commands/backup.ts')).backup,
  pin: async () => (await import('./commands/pin.ts')).pin,
  update: async () => (await import('./commands/update.ts')).update,
  selftest: async () => (await import('./commands/selftest.ts')).selftest,
  completion: async () => (await import('./commands/pages.ts')).completion,
  man: async () => (await import('./commands/pages.ts')).man,
}

/**
 * Runs one command.
 * @param words without the program's own name
 * @returns the exit code, as in table.ts
 */
export async function runCli(words: readonly string[], world: CliWorld): Promise<ExitCode> {
  const read = readArguments(words)
  const language = read.language ?? languageOf(world.env)
  if (read.ok === 'help') {
    world.out(`${helpOf(language, read.command)}\n`)
    return exitCodes.done
  }
  const said = saidIn[language]
  if (!read.ok) {
    world.err(`${misuseIn(said, read.misuse)}\n`)
    return exitCodes.misused
  }
  const json = read.arguments.options.json === true
  const task: Task = {
    ...{ arguments: read.arguments, language, said, world, json },
    say: (line) => {
      if (!json) world.out(`${line}\n`)
    },
    tell: (value) => {
      if (json) world.out(`${JSON.stringify(value)}\n`)
    },
  }
  try {
    const command = await commands[read.arguments.command]()
    return await command(task)
  } catch (error) {
    const wire = toWireError(error)
    task.tell({ ok: false, error: wire })
    if (!json) world.err(`${said.failed(wire.code, wire.message)}\n`)
    return exitCodes.failed
  }
}

const misuseIn = (said: Said, { wrong, subject, command }: Misuse): string =>
  `${said.misuse[wrong](subject)}\n${said.seeHelp(command ? `${command} ` : '')}`

/** POSIX: the first of these that is set decides. */
const languageOf = (env: CliWorld['env']): Language =>
  /^fr/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '') ? 'fr' : 'en'
