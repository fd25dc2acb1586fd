import { describe, expect, it } from 'vitest'
import type { CommandResult, RunCommand } from '../runCommand.ts'
import { inputChains, missingInUfw, openFirewall, ownRules, readLinux } from './index.ts'
import { judgeRuleset } from './nftables.ts'

const need = { device: 'exam0', udp: [67, 69], tcp: [8067] }

/** A ruleset as `nft -j list ruleset` prints it: one input chain with these rules. */
const ruleset = (rules: object[][], policy = 'accept', more: object[] = []): string =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { table: { family: 'inet', name: 'filter' } },
      { chain: { family: 'inet', table: 'filter', name: 'input', hook: 'input', prio: 0, policy } },
      ...more,
      ...rules.map((expr) => ({ rule: { family: 'inet', table: 'filter', chain: 'input', expr } })),
    ],
  })
const dport = (right: unknown, protocol = 'udp', op = '==') => ({
  match: { op, left: { payload: { protocol, field: 'dport' } }, right },
})
const iif = (right: string) => ({ match: { op: '==', left: { meta: { key: 'iifname' } }, right } })
const judge = (text: string, port = 67) => judgeRuleset(text, { device: 'exam0', protocol: 'udp', port })?.verdict

describe('a ruleset of nftables', () => {
  it.each<[string, 'accept' | 'drop', string]>([
    ['without rules', 'accept', ruleset([])],
    ['that drops by policy', 'drop', ruleset([], 'drop')],
    ['that drops the port', 'drop', ruleset([[dport(67), { drop: null }]])],
    ['that drops another port', 'accept', ruleset([[dport(68), { drop: null }]])],
    ['that drops TCP of that number', 'accept', ruleset([[dport(67, 'tcp'), { drop: null }]])],
    ['that lets the port in', 'accept', ruleset([[dport({ set: [67, 69] }), { accept: null }]], 'drop')],
    ['that lets a range in', 'accept', ruleset([[dport({ set: [{ range: [60, 70] }] }), { accept: null }]], 'drop')],
    ['that lets all but the port in', 'drop', ruleset([[dport(67, 'udp', '!='), { accept: null }]], 'drop')],
    ['that trusts the NIC', 'accept', ruleset([[iif('exam0'), { accept: null }]], 'drop')],
    ['that trusts another NIC', 'drop', ruleset([[iif('lo'), { accept: null }]], 'drop')],
    [
      'that lets answers in, which a first packet is not',
      'drop',
      ruleset(
        [
          [
            { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } },
            { accept: null },
          ],
        ],
        'drop',
      ),
    ],
    [
      'that asks another chain',
      'accept',
      ruleset([[{ jump: { target: 'room' } }]], 'drop', [
        { chain: { family: 'inet', table: 'filter', name: 'room' } },
        { rule: { family: 'inet', table: 'filter', chain: 'room', expr: [dport(67), { accept: null }] } },
      ]),
    ],
    [
      'that goes round in circles',
      'accept',
      ruleset([[{ jump: { target: 'round' } }]], 'accept', [
        { chain: { family: 'inet', table: 'filter', name: 'round' } },
        { rule: { family: 'inet', table: 'filter', chain: 'round', expr: [{ jump: { target: 'round' } }] } },
      ]),
    ],
  ])('%s: %s', (_, verdict, text) => {
    expect(judge(text)).toBe(verdict)
  })

  it('is unsure of what it does not understand', () => {
    const text = ruleset(
      [[{ match: { op: '==', left: { rt: { key: 'classid' } }, right: 1 } }, { accept: null }]],
      'drop',
    )
    expect(judgeRuleset(text, { device: 'exam0', protocol: 'udp', port: 67 })).toMatchObject({
      verdict: 'drop',
      unsure: true,
    })
    expect(judge('not json')).toBeUndefined()
  })
})

const done = (stdout: string, code = 0, stderr = ''): CommandResult => ({ code, stdout, stderr })
/** A computer on which only these programs are installed. */
const computer =
  (programs: Record<string, (args: readonly string[], input?: string) => CommandResult>): RunCommand =>
  (program, args, { input } = {}) => {
    const run = programs[program]
    return run
      ? Promise.resolve(run(args, input))
      : Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))
  }

describe('the firewall of a Linux laptop', () => {
  it('is open where there is none', async () => {
    expect(await readLinux(need, computer({}))).toEqual({ state: 'open', closed: [] })
  })

  it('is unknown where only an administrator may read it', async () => {
    const run = computer({ nft: () => done('', 1, 'Operation not permitted (you must be root)') })
    expect(await readLinux(need, run)).toMatchObject({ state: 'unknown' })
  })

  it('names the ports that it holds back', async () => {
    const run = computer({ nft: () => done(ruleset([[dport(69), { drop: null }]])) })
    expect(await readLinux(need, run)).toEqual({ kind: 'nftables', state: 'closed', closed: ['UDP 69'] })
  })

  it('is read from ufw where that is at work', async () => {
    const status =
      'Status: active\n\nTo     Action   From\n--     ------   ----\n67/udp on exam0   ALLOW    Anywhere\n8000:9000/tcp   ALLOW    Anywhere\n'
    const run = computer({ nft: () => done(ruleset([])), ufw: () => done(status) })
    expect(await readLinux(need, run)).toEqual({ kind: 'ufw', state: 'closed', closed: ['UDP 69'] })
    expect(missingInUfw(status.replace('exam0', 'wlan0'), need)).toEqual(['UDP 67', 'UDP 69'])
  })

  it('is asked of firewalld by its zone', async () => {
    const asked: string[] = []
    const run = computer({
      'firewall-cmd': (args) => {
        asked.push(args.join(' '))
        if (args[0]?.startsWith('--get-zone')) return done('public\n')
        return args.includes('--query-port=67/udp') || args[0] === '--state' || args[1]?.includes('-port=67')
          ? done('yes')
          : done('no', 1)
      },
    })
    expect(await readLinux(need, run)).toEqual({ kind: 'firewalld', state: 'closed', closed: ['UDP 69', 'TCP 8067'] })
    const close = await openFirewall(need, run)
    expect(asked.at(-1)).toBe('--zone=public --add-port=67/udp --add-port=69/udp --add-port=8067/tcp')
    await close()
    expect(asked.at(-1)).toBe('--zone=public --remove-port=67/udp --remove-port=69/udp --remove-port=8067/tcp')
  })

  it('is told of input chains and of our own rules', () => {
    const text = `table inet filter {
	chain input { # handle 1
		type filter hook input priority filter; policy drop;
		iifname "exam0" udp dport { 67, 69 } accept comment "Amorce" # handle 7
		udp dport 53 accept # handle 8
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
table bridge other {
	chain input {
		type filter hook input priority filter; policy drop;
	}
}`
    expect(inputChains(text)).toEqual(['inet filter input'])
    expect(ownRules(text)).toEqual([{ chain: 'inet filter input', handle: 7 }])
  })
})
