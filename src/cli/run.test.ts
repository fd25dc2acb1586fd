import { describe, expect, it } from 'vitest'
import { runCli } from './run.ts'
import { cliWords } from './words.ts'

function amorce(args: string[], files: Record<string, string | Uint8Array> = {}, env: Record<string, string> = {}) {
  const said = { out: '', err: '', code: -1 }
  said.code = runCli(args, {
    env,
    readFile(path) {
      const content = files[path]
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
      return typeof content === 'string' ? new TextEncoder().encode(content) : content
    },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
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
  it('says what would be taken, and ends with 0', () => {
    expect(amorce(['check', 'dhcpd.conf'], { 'dhcpd.conf': good })).toEqual({
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

  it('shows an error under its line, as dhcpd -t does, and ends with 1', () => {
    const said = amorce(['check', 'a.conf'], { 'a.conf': 'authoritative;\n\toption routers 10.0.0.300;\n' })
    expect(said.code).toBe(1)
    expect(said.err).toBe(`a.conf:2:17: error: not an IPv4 address: 10.0.0.300
   option routers 10.0.0.300;
                  ^
a.conf: 1 error.
`)
  })

  it('ends with 2 when the file cannot be read', () => {
    const said = amorce(['check', 'none.conf'])
    expect(said.code).toBe(2)
    expect(said.err).toContain('none.conf cannot be read: ENOENT')
  })

  it.each([
    [[], 'The file to read is missing.'],
    [['check'], 'The file to read is missing.'],
    [['check', 'a', 'b'], 'One file at a time.'],
    [['serve', 'a'], 'Unknown command: serve'],
    [['check', '--jsn', 'a'], 'Unknown option: --jsn'],
    [['check', '--language', 'de', 'a'], 'Unknown option: --language de'],
    [['check', 'a', '--language'], 'Unknown option: --language'],
  ])('%j is refused with 2', (args, why) => {
    const said = amorce(args, { a: good, b: good })
    expect(said.code).toBe(2)
    expect(said.out).toBe('')
    expect(said.err).toContain(why)
    expect(said.err).toContain('Usage')
  })

  it('shows how it is used', () => {
    expect(amorce(['--help'])).toMatchObject({ code: 0, err: '', out: `${cliWords.en.usage}\n` })
  })

  it('takes a file whose name begins with a hyphen, and standard input', () => {
    expect(amorce(['check', '--', '-x.conf'], { '-x.conf': good }).code).toBe(0)
    expect(amorce(['check', '-'], { '-': good }).code).toBe(0)
  })

  it('says the same in JSON, words included', () => {
    const said = amorce(['check', '--json', '--language=fr', 'a'], { a: `${good}nonsense 1;\n` })
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
  ])('with %j and %j says %s', (env, args, title) => {
    expect(amorce(['check', ...args, 'a'], { a: good }, env as Record<string, string>).out).toContain(title)
  })

  it('lets no file speak to the terminal', () => {
    const hostile = '\u001b[2J nonsense "\u001b]0;title\u0007" \u202e;\nfilename "\\033[31m";\n'
    const { out, err } = amorce(['check', 'a\u001b[0m'], { 'a\u001b[0m': hostile })
    // eslint-disable-next-line no-control-regex
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  it('answers for a file that is none', () => {
    const said = amorce(['check', 'a'], { a: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1) })
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
