/**
 * What a script may ask of iPXE. Rejecting with `ScriptFailed` is a failed command, after which a script goes on only
 * by `||`; rejecting with anything else ends the run at once.
 */
export interface IpxeHost {
  /** The value of a setting such as `net0/mac`, `uuid` or `platform`; undefined when there is none. */
  setting(name: string): string | undefined
  fetchScript(url: string, parameters?: Record<string, string>): Promise<string>
  fetchImage(kind: 'kernel' | 'initrd' | 'file', url: string): Promise<void>
  sleep(seconds: number): Promise<void>
}

/** How a script ended: with a system to start, with the machine given back to its firmware, or with a restart. */
export type ScriptEnd =
  { kind: 'boot'; kernel: string; commandLine: string } | { kind: 'exit'; failed: boolean } | { kind: 'reboot' }

export class ScriptFailed extends Error {
  override readonly name = 'ScriptFailed'
}

/** A script that never comes to an end; no `||` catches it. */
export class ScriptRunaway extends Error {
  override readonly name = 'ScriptRunaway'
}

const mostCommands = 2_000
const mostChains = 16

/**
 * Runs an iPXE script: the commands that a boot server's scripts are made of (`set`, `inc`, `isset`, `iseq`, `goto`,
 * `params`, `chain`, `kernel`, `initrd`, `imgfetch`, `imgargs`, `imgfree`, `boot`, `sanboot`, `sleep`, `prompt` and
 * `choose` without anybody to press a key, `reboot`, `exit`), with `${}` settings, `&&` and `||`. Other commands do nothing
 * and succeed.
 * @param url where the text came from; relative addresses start from it.
 * @throws ScriptFailed when a command fails and nothing follows by `||`; `ScriptRunaway` beyond 2000
 *   commands or 16 chained scripts; whatever else the host threw.
 */
export const runIpxeScript = (text: string, url: string, host: IpxeHost): Promise<ScriptEnd> =>
  new Interpreter(host).run({ text, url })

/** Replaces each `${name}` or `${name:type}`; innermost first, as iPXE allows names made of settings. */
export function expand(text: string, setting: (name: string) => string | undefined): string {
  let expanded = text
  for (let rounds = 0; rounds < 8; rounds++) {
    const next = expanded.replace(/\$\{([^${}]*)\}/g, (_whole, reference: string) => {
      const [name = '', type = 'string'] = reference.split(/:(?=[a-z]+$)/)
      return formatSetting(setting(name) ?? '', type)
    })
    if (next === expanded) break
    expanded = next
  }
  return expanded
}

const betweenBytes = new Map([
  ['hex', ':'],
  ['hexhyp', '-'],
  ['hexraw', ''],
])

function formatSetting(value: string, type: string): string {
  if (type === 'uristring') return encodeURIComponent(value)
  const separator = betweenBytes.get(type)
  return separator === undefined ? value : [...settingBytes(value)].map(toHex).join(separator)
}

/** A hardware address is a setting of six bytes; other settings are text. */
const settingBytes = (value: string): Buffer =>
  /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)
    ? Buffer.from(value.replaceAll(':', ''), 'hex')
    : Buffer.from(value, 'utf8')

const toHex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** A step of a line, and what must have come of the steps before it for it to run. */
interface Step {
  after: 'always' | 'success' | 'failure'
  words: string[]
}

const separators = new Map<string, Step['after']>([
  ['&&', 'success'],
  ['||', 'failure'],
  [';', 'always'],
])

function parseLine(line: string): Step[] {
  const steps: Step[] = []
  let step: Step = { after: 'always', words: [] }
  for (const word of line.split(/\s+/).filter(Boolean)) {
    const after = separators.get(word)
    if (after) {
      steps.push(step)
      step = { after, words: [] }
    } else step.words.push(word)
  }
  return [...steps, step]
}

const isLabel = (line: string): boolean => line.startsWith(':')

interface Script {
  text: string
  url: string
}

/** What a command may do to the script that it stands in; most do nothing to it. */
type Turn = { end: ScriptEnd } | { goto: string } | { replaceBy: Script }

class Interpreter {
  readonly #host: IpxeHost
  readonly #variables = new Map<string, string>()
  #commands = 0
  #chains = 0
  #kernel: { url: string; commandLine: string } | undefined
  #parameters: Record<string, string> | undefined

  constructor(host: IpxeHost) {
    this.#host = host
  }

  async run({ text, url }: Script): Promise<ScriptEnd> {
    if (!text.startsWith('#!ipxe')) throw new ScriptFailed(`${url}: not an iPXE script`)
    const lines = text.split('\n').map((line) => line.trim())
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] ?? ''
      if (line === '' || line.startsWith('#') || isLabel(line)) continue
      const turn = await this.#runLine(line, url)
      if (turn === undefined) continue
      if ('end' in turn) return turn.end
      if ('replaceBy' in turn) return this.run(turn.replaceBy)
      index = lines.findIndex((candidate) => isLabel(candidate) && candidate.slice(1).trim() === turn.goto)
      if (index < 0) throw new ScriptFailed(`${url}: no label ${turn.goto}`)
    }
    // A script that ends with a kernel chosen and no boot command starts nothing.
    return { kind: 'exit', failed: false }
  }

  async #runLine(line: string, url: string): Promise<Turn | undefined> {
    let failure: ScriptFailed | undefined
    for (const { after, words } of parseLine(line)) {
      if ((after === 'success' && failure) || (after === 'failure' && !failure)) continue
      failure = undefined
      try {
        const turn = await this.#runCommand(words, url)
        if (turn) return turn
      } catch (error) {
        if (!(error instanceof ScriptFailed)) throw error
        failure = error
      }
    }
    if (failure) throw failure
    return undefined
  }

  async #runCommand(rawWords: string[], url: string): Promise<Turn | undefined> {
    if (++this.#commands > mostCommands) throw new ScriptRunaway(`${url}: more than ${mostCommands} commands`)
    const [command = '', ...rest] = this.#expand(rawWords.join(' ')).split(/\s+/).filter(Boolean)
    const { options, operands } = readOptions(rest)
    const [first = '', ...others] = operands

    switch (command) {
      case 'set':
        this.#variables.set(variableName(first), others.join(' '))
        return undefined
      case 'inc': {
        const value = Number(this.#variables.get(first)) + (others[0] === undefined ? 1 : Number(others[0]))
        if (!Number.isSafeInteger(value)) throw new ScriptFailed(`inc: ${first} is not a number`)
        this.#variables.set(first, String(value))
        return undefined
      }
      case 'isset':
        if (first === '') throw new ScriptFailed('isset: not set')
        return undefined
      case 'iseq':
        if (operands.length !== 2 || first !== others[0]) throw new ScriptFailed('iseq: not equal')
        return undefined
      case 'goto':
        return { goto: first }
      case 'params':
        this.#parameters = {}
        return undefined
      case 'param':
        if (this.#parameters) this.#parameters[first] = others.join(' ')
        return undefined
      case 'kernel':
        await this.#fetch('kernel', first, url)
        this.#kernel = { url: resolveUrl(first, url), commandLine: others.join(' ') }
        return undefined
      case 'initrd':
        await this.#fetch('initrd', first, url)
        return undefined
      case 'imgfetch':
      case 'module':
        await this.#fetch('file', first, url)
        return undefined
      case 'imgargs':
        if (this.#kernel) this.#kernel.commandLine = others.join(' ')
        return undefined
      case 'imgfree':
        this.#kernel = undefined
        return undefined
      case 'chain':
        return this.#chain(first, url, options.has('--replace') || options.has('-r') || options.has('-ar'))
      case 'boot':
        if (!this.#kernel) throw new ScriptFailed('boot: no kernel was chosen')
        return { end: { kind: 'boot', kernel: this.#kernel.url, commandLine: this.#kernel.commandLine } }
      case 'sanboot':
        return { end: { kind: 'exit', failed: false } }
      case 'sleep':
        await this.#host.sleep(Number(first) || 0)
        return undefined
      case 'prompt': {
        const timeout = Number(options.get('--timeout') ?? options.get('-t'))
        await this.#host.sleep(Number.isFinite(timeout) ? timeout / 1000 : Infinity)
        throw new ScriptFailed('prompt: no key was pressed')
      }
      // Nobody is there to choose, or to know a code.
      case 'choose':
        await this.#host.sleep(Number(options.get('--timeout') ?? Infinity) / 1000)
        this.#variables.set(variableName(first), options.get('--default') ?? '')
        return undefined
      case 'login':
        throw new ScriptFailed('login: nobody is there')
      case 'reboot':
        return { end: { kind: 'reboot' } }
      case 'exit':
        return { end: { kind: 'exit', failed: first !== '' && first !== '0' } }
      default:
        return undefined
    }
  }

  #expand(words: string): string {
    return expand(words, (name) => this.#variables.get(name) ?? this.#host.setting(name))
  }

  #fetch(kind: 'kernel' | 'initrd' | 'file', reference: string, base: string): Promise<void> {
    return this.#host.fetchImage(kind, resolveUrl(reference, base))
  }

  /** A script that replaces its caller is the end of it; another one comes back to it, unless it starts a system. */
  async #chain(reference: string, base: string, replace: boolean): Promise<Turn | undefined> {
    if (++this.#chains > mostChains) throw new ScriptRunaway(`${base}: more than ${mostChains} chained scripts`)
    const [address = '', named] = reference.split('##')
    const parameters = named === 'params' ? this.#parameters : undefined
    const url = resolveUrl(address, base)
    const script = { text: await this.#host.fetchScript(url, parameters), url }
    if (replace) return { replaceBy: script }
    const end = await this.run(script)
    if (end.kind !== 'exit') return { end }
    if (end.failed) throw new ScriptFailed(`${url}: exited with an error`)
    return undefined
  }
}

function resolveUrl(reference: string, base: string): string {
  try {
    return new URL(reference, base).href
  } catch {
    throw new ScriptFailed(`not an address: ${reference}`)
  }
}

const optionsWithValue = new Set(['-n', '--name', '-t', '--timeout', '-c', '--context', '-d', '--drive', '--default'])

/** Reads what stands before the first operand: `--replace`, `--name kernel`, `-ar`. */
function readOptions(words: string[]): { options: Map<string, string>; operands: string[] } {
  const options = new Map<string, string>()
  let index = 0
  for (let word = words[index]; word?.startsWith('-'); word = words[index]) {
    const takesValue = optionsWithValue.has(word)
    options.set(word, takesValue ? (words[index + 1] ?? '') : '')
    index += takesValue ? 2 : 1
  }
  return { options, operands: words.slice(index) }
}

/** `attempt` in `set attempt:int32 1`. */
const variableName = (reference: string): string => reference.split(':')[0] ?? reference
