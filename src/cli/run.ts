import { languages, type Language } from '../contract/index.ts'
import { check } from './check.ts'
import { cliWords } from './words.ts'

/** What the command line touches of the world. */
export interface CliWorld {
  env: Readonly<Record<string, string | undefined>>
  /** `-` is standard input. Throws as `readFileSync` does. */
  readFile(path: string): Uint8Array
  out(text: string): void
  err(text: string): void
}

/**
 * Runs one command: `check [--json] [--language fr|en] <file>`.
 * @param args without the program's own name
 * @returns the exit code: 0, 1 when the file has errors, 2 when nothing could be checked
 */
export function runCli(args: readonly string[], world: CliWorld): 0 | 1 | 2 {
  const read = readArguments(args)
  const words = cliWords[read.language ?? languageOf(world.env)]
  const refuse = (why: string): 2 => {
    world.err(`${why}\n\n${words.usage}\n`)
    return 2
  }
  if (read.help) {
    world.out(`${words.usage}\n`)
    return 0
  }
  if (read.unknown !== undefined) return refuse(words.unknownOption(read.unknown))
  const [command, ...files] = read.others
  if (command === undefined) return refuse(words.noFile)
  if (command !== 'check') return refuse(words.unknownCommand(command))
  const [file, ...more] = files
  if (file === undefined) return refuse(words.noFile)
  if (more.length > 0) return refuse(words.oneFile)

  let bytes: Uint8Array
  try {
    bytes = world.readFile(file)
  } catch (error) {
    world.err(`${words.cannotRead(file, error instanceof Error ? error.message : String(error))}\n`)
    return 2
  }
  const result = check(file, bytes, words, read.json)
  if (result.out) world.out(result.out)
  if (result.err) world.err(result.err)
  return result.code
}

interface CliArguments {
  json: boolean
  help: boolean
  language?: Language
  /** The first option there is none of. */
  unknown?: string
  others: string[]
}

function readArguments(args: readonly string[]): CliArguments {
  const read: CliArguments = { json: false, help: false, others: [] }
  const rest = [...args]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [name, inline] = argument.startsWith('--') ? argument.split('=', 2) : [argument]
    if (argument === '--') read.others.push(...rest.splice(0))
    else if (argument === '--json') read.json = true
    else if (argument === '--help' || argument === '-h') read.help = true
    else if (name === '--language') {
      const wanted = inline ?? rest.shift()
      read.language = languages.find((language) => language === wanted)
      if (!read.language) read.unknown ??= `--language ${wanted ?? ''}`.trim()
    } else if (argument.startsWith('-') && argument !== '-') read.unknown ??= argument
    else read.others.push(argument)
  }
  return read
}

/** POSIX: the first of these that is set decides. */
const languageOf = (env: CliWorld['env']): Language =>
  /^fr/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'fr' : 'en'
