import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from './run.ts'
import { cliCommands, cliOptions, commandNames, optionsOf } from './table.ts'
import { tableWords } from './tableWords.ts'
import { cliWords } from './words.ts'

interface Said {
  out: string
  err: string
  code: number
}

async function amorce(
  args: string[],
  files: Record<string, string | Uint8Array> = {},
  env: Record<string, string> = {},
  onStop: (listener: () => void) => () => void = () => () => undefined,
): Promise<Said> {
  const said = { out: '', err: '', code: -1 }
  said.code = await runCli(args, {
    env: {
      ...(process.env['AMORCE_SQLITE_BINDING'] ? { AMORCE_SQLITE_BINDING: process.env['AMORCE_SQLITE_BINDING'] } : {}),
      ...env,
    },
    platform: process.platform,
    home: '/nowhere',
    readFile(path) {
      const content = files[path]
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
      return typeof content === 'string' ? new TextEncoder().encode(content) : content
    },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    onStop,
    installation: {
      version: '9.9.9',
      resourcesFolder: join(process.cwd(), 'resources'),
      programFolder: '/nowhere',
      here: { kind: 'other', target: '', arch: 'x64' },
    },
  })
  return said
}

const good = `authoritative;
log-facility local7;
ddns-update-style none;
subnet 10.0.0.0 netmask 255.255.255.0 {
  range 10.0.0.5 10.0.0.9;
}
`

describe('amorce check', () => {
  it('says what would be taken, and ends with 0', async () => {
    expect(await amorce(['check', 'dhcpd.conf'], { 'dhcpd.conf': good })).toEqual({
      code: 0,
      err: '',
      out: `Taken:
  1:1  authority over the network: authoritative
  4:1  subnet: 10.0.0.0/24
  5:3  address range: 10.0.0.5 - 10.0.0.9

Done by Amorce itself:
  3:1  Amorce always does so: ddns-update-style none

Not taken:
  2:1  concerns only dhcpd's own housekeeping: log-facility local7

dhcpd.conf: 3 taken, 1 done by Amorce itself, 1 not taken.
`,
    })
  })

  it('shows an error under its line, as dhcpd -t does, and ends with 1', async () => {
    const said = await amorce(['check', 'a.conf'], { 'a.conf': 'authoritative;\n\toption routers 10.0.0.300;\n' })
    expect(said.code).toBe(1)
    expect(said.err).toBe(`a.conf:2:17: error: not an IPv4 address: 10.0.0.300
   option routers 10.0.0.300;
                  ^
a.conf: 1 error.
`)
  })

  it('ends with 2 when the file cannot be read', async () => {
    const said = await amorce(['check', 'none.conf'])
    expect(said.code).toBe(2)
    expect(said.err).toContain('none.conf cannot be read: ENOENT')
  })

  it.each([
    [[], 'The command is missing.'],
    [['check'], 'Missing: file'],
    [['check', 'a', 'b'], 'One word too many: b'],
    [['sing', 'a'], 'Unknown command: sing'],
    [['__proto__'], 'Unknown command: __proto__'],
    [['check', '--jsn', 'a'], 'Unknown option: --jsn'],
    [['check', '--constructor', 'a'], 'Unknown option: --constructor'],
    [['check', '--json=yes', 'a'], 'Unknown option: --json=yes'],
    [['check', '-x', 'a'], 'Unknown option: -x'],
    [['check', '--nic', 'eth0', 'a'], 'This command has no option --nic'],
    [['check', '--language', 'de', 'a'], 'Impossible value: --language de'],
    [['check', 'a', '--language'], 'The value of --language is missing'],
    [['serve', '--status-port', '65536'], 'Impossible value: --status-port 65536'],
    [['serve', '--status-port', '-1'], 'Impossible value: --status-port -1'],
    [['tftp', 'take', 'host', 'file'], 'Unexpected word: take'],
    [['import'], 'Missing: files'],
    [['completion', 'tcsh'], 'Unexpected word: tcsh'],
    [['export', 'stock.odt'], 'does not tell the format'],
  ])('%j is refused with 2', async (args, why) => {
    const said = await amorce(args, { a: good, b: good })
    expect(said.code).toBe(2)
    expect(said.out).toBe('')
    expect(said.err).toContain(why)
  })

  it('takes a file whose name begins with a hyphen, and standard input', async () => {
    expect((await amorce(['check', '--', '-x.conf'], { '-x.conf': good })).code).toBe(0)
    expect((await amorce(['check', '-'], { '-': good })).code).toBe(0)
  })

  it('says the same in JSON, words included', async () => {
    const said = await amorce(['check', '--json', '--language=fr', 'a'], { a: `${good}nonsense 1;\n` })
    expect(said).toMatchObject({ code: 1, err: '' })
    expect(JSON.parse(said.out)).toMatchObject({
      file: 'a',
      ok: false,
      errors: [
        { reason: 'unknownStatement', subject: 'nonsense 1', line: 7, column: 1, message: 'instruction inconnue' },
      ],
      notTaken: [{ reason: 'housekeeping' }],
      ownWay: [{ reason: 'asAlways' }],
      plan: { authoritative: true, subnets: [{ network: '10.0.0.0', prefix: 24 }] },
    })
  })

  it.each([
    [{ LANG: 'fr_FR.UTF-8' }, [], 'Repris :'],
    [{ LANG: 'fr_FR.UTF-8', LC_ALL: 'C' }, [], 'Taken:'],
    [{ LANG: 'C', LC_MESSAGES: 'fr_CH' }, [], 'Repris :'],
    [{ LANG: 'fr_FR.UTF-8' }, ['--language', 'en'], 'Taken:'],
    [{}, ['--language=fr'], 'Repris :'],
  ])('with %j and %j says %s', async (env, args, title) => {
    expect((await amorce(['check', ...args, 'a'], { a: good }, env as Record<string, string>)).out).toContain(title)
  })

  it('lets no file speak to the terminal', async () => {
    const hostile = '\u001b[2J nonsense "\u001b]0;title\u0007" \u202e;\nfilename "\\033[31m";\n'
    const { out, err } = await amorce(['check', 'a\u001b[0m'], { 'a\u001b[0m': hostile })
    // eslint-disable-next-line no-control-regex
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  it('answers for a file that is none', async () => {
    const said = await amorce(['check', 'a'], { a: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1) })
    expect(said).toMatchObject({ code: 1 })
    expect(said.err).toContain('this is no text file')
  })
})

it('says everything in both languages', () => {
  const keys = (words: object): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? Object.keys(value as object).map((each) => `${key}.${each}`)
        : [key],
    )
  expect(keys(cliWords.fr)).toEqual(keys(cliWords.en))
})

describe('the command table', () => {
  it('has the same words in both languages, for everything in it', () => {
    for (const words of Object.values(tableWords)) {
      expect(Object.keys(words.summary).sort()).toEqual([...commandNames].sort())
      expect(Object.keys(words.option).sort()).toEqual(Object.keys(cliOptions).sort())
      const finding = commandNames.filter((name) => cliCommands[name].finds)
      expect(Object.keys(words.found).sort()).toEqual(finding.sort())
    }
    expect(Object.keys(tableWords.fr.detail)).toEqual(Object.keys(tableWords.en.detail))
  })

  it.each(['fr', 'en'])('is told by --help in %s: every command, and each one every option', async (language) => {
    const all = await amorce(['--help', '--language', language])
    expect(all).toMatchObject({ code: 0, err: '' })
    for (const name of commandNames) {
      expect(all.out).toContain(`  ${name} `)
      const one = await amorce([name, '--help', '--language', language])
      expect(one).toMatchObject({ code: 0, err: '' })
      for (const option of optionsOf(name)) expect(one.out).toContain(`--${option}`)
    }
  })

  it('makes the man page: every command and option, no line that roff would take for its own', async () => {
    for (const language of ['fr', 'en']) {
      const { out } = await amorce(['man', '--language', language])
      for (const name of commandNames) expect(out).toContain(`.SS amorce ${name}`)
      for (const line of out.split('\n')) expect(line).toMatch(/^(?:\.(?:TH|SH|SS|TP|B|I|br)\b|[^.']|\\&|$)/)
    }
  })

  it.each(['bash', 'zsh', 'fish'])('makes a completion for %s that knows every command', async (shell) => {
    const { out, code } = await amorce(['completion', shell])
    expect(code).toBe(0)
    for (const name of commandNames) expect(out).toContain(name)
  })
})

describe('with a data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amorce-cli-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string): string => join(folder, name)
  const json = ({ out }: Said): Record<string, unknown>[] =>
    out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  it('imports a table, exports it again and backs it up, all as the window would', async () => {
    writeFileSync(at('items.csv'), 'Inventory number;Serial number;Manufacturer\nPC-1;S1;Dell\nPC-2;S2;HP\n')
    const data = ['--data', at('data')]
    const dry = await amorce(['import', at('items.csv'), ...data, '--dry-run', '--json'])
    expect(json(dry)).toMatchObject([{ ok: true, written: false, counts: { added: 2, refused: 0 } }])
    const first = await amorce(['import', at('items.csv'), ...data, '--json'])
    expect(json(first)).toMatchObject([{ ok: true, written: true, counts: { added: 2 } }])
    const again = await amorce(['import', at('items.csv'), ...data, '--json'])
    expect(json(again)).toMatchObject([{ counts: { added: 0, unchanged: 2 } }])

    expect(await amorce(['export', at('stock.csv'), ...data])).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(at('stock.csv'), 'utf8')).toContain('PC-2')
    const [backup] = json(await amorce(['backup', ...data, '--to', at('stick'), '--json']))
    expect(backup).toMatchObject({ ok: true })
    expect(readFileSync(String(backup?.['copy'])).subarray(0, 15).toString()).toBe('SQLite format 3')
  })

  it('imports consumables, told by their heads or by the command, and exports any list', async () => {
    writeFileSync(at('toner.csv'), 'Reference;Name;Threshold;Quantity;Location\nTN-1;Toner;2;5;Store\n')
    writeFileSync(at('short.csv'), 'Name;Location\nA4 paper;Store\n')
    const data = ['--data', at('data')]
    const first = await amorce(['import', at('toner.csv'), ...data, '--json'])
    expect(json(first)).toMatchObject([{ subject: 'consumables', written: true, counts: { added: 1 } }])
    const second = await amorce(['import', at('short.csv'), ...data, '--as', 'consumables', '--json'])
    expect(json(second)).toMatchObject([{ subject: 'consumables', written: true, counts: { added: 1 } }])

    const consumables = await amorce(['export', at('stock.csv'), ...data, '--list', 'consumables', '--language', 'en'])
    expect(consumables).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(at('stock.csv'), 'utf8')).toMatch(/A4 paper[^]*TN-1.*Toner.*5/)
    await amorce(['export', at('moved.csv'), ...data, '--list', 'movements'])
    expect(readFileSync(at('moved.csv'), 'utf8')).toContain('toner.csv')
    expect(await amorce(['export', at('stock.json'), ...data, '--list', 'consumables'])).toMatchObject({ code: 2 })
  })

  it('writes nothing of a table with a refused line, unless it is told to leave that out', async () => {
    writeFileSync(at('items.csv'), 'Inventory number;Serial number\nPC-1;S1\n;\nPC-1;S3\n')
    const data = ['--data', at('data')]
    const refused = await amorce(['import', at('items.csv'), ...data, '--json'])
    expect(refused.code).toBe(1)
    expect(json(refused)).toMatchObject([{ ok: false, written: false }])
    const [taken] = json(await amorce(['import', at('items.csv'), ...data, '--skip-refused', '--json']))
    expect(taken).toMatchObject({ ok: true, written: true })
    expect((taken?.['counts'] as { added: number }).added).toBeGreaterThan(0)
  })

  it.each([
    [['import', '/nowhere/at/all.csv'], 'exchange.fileUnreadable'],
    [['export', 'x.csv'], 'storage.openFailed'],
    [['backup'], 'storage.openFailed'],
    [['probe', '--nic', 'no such card'], 'nic.notFound'],
  ])('%j ends with 3 and a stable code', async (args, code) => {
    const data = args[0] === 'probe' ? [] : ['--data', at('none')]
    const said = await amorce([...args, ...data, '--json'])
    expect(said.code).toBe(3)
    expect(json(said)).toMatchObject([{ ok: false, error: { code } }])
  })

  it('serves until it is asked to end, says its state on the loopback and keeps its folder to itself', async () => {
    let stop = (): void => undefined
    const port = 40_000 + (process.pid % 20_000)
    const serving = amorce(
      ['serve', '--demo', '--machines', '2', '--data', at('data'), '--status-port', String(port), '--json'],
      {},
      {},
      (listener) => {
        stop = listener
        return () => undefined
      },
    )
    await expect
      .poll(async () => (await amorce(['status', '--status-port', String(port)])).code, { timeout: 15_000 })
      .toBe(0)
    const [status] = json(await amorce(['status', '--status-port', String(port), '--json']))
    expect(status).toMatchObject({ ok: true, running: true, simulated: true, version: '9.9.9' })

    expect(await asks(port, { host: 'attacker.example' })).toBe(403)
    expect(await asks(port, {}, 'POST')).toBe(405)
    expect(await asks(port, {}, 'GET', '/status/../settings')).toBe(404)
    expect(json(await amorce(['serve', '--demo', '--data', at('data'), '--status-port', '0', '--json']))).toMatchObject(
      [{ ok: false, error: { code: 'storage.inUse' } }],
    )
    expect((await amorce(['backup', '--data', at('data')])).code).toBe(0)

    stop()
    const ended = await serving
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(json(ended).map(({ type }) => type)).toContain('exam.stopped')
    expect((await amorce(['status', '--status-port', String(port)])).code).toBe(1)
  })
})

/** The status a request is answered with. */
const asks = (port: number, headers: Record<string, string>, method = 'GET', path = '/status'): Promise<number> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
