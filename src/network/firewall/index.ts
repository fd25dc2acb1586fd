import { CodedError } from '../../contract/index.ts'
import { encodePowerShell, quotePowerShell, runPowerShell } from '../powershell.ts'
import { runCommand, type CommandResult, type RunCommand } from '../runCommand.ts'
import { judgeRuleset } from './nftables.ts'

export type FirewallKind = 'nftables' | 'ufw' | 'firewalld' | 'windows'

/** What has to come in through one NIC. */
export interface FirewallNeed {
  device: string
  udp: readonly number[]
  tcp: readonly number[]
}

export interface FirewallView {
  /** Undefined where none is at work. */
  kind?: FirewallKind
  /** `unknown`: it could not be read, without an administrator's rights for one. */
  state: 'open' | 'closed' | 'unknown'
  /** Those that it holds back, such as `UDP 67`. */
  closed: string[]
}

/** Takes the rules away again. Harmless a second time. */
export type CloseFirewall = () => Promise<void>

const minutesForAPassword = 3 * 60_000
/** What our rules are known by. */
const mark = 'Amorce'

const ports = ({ udp, tcp }: FirewallNeed): { protocol: 'udp' | 'tcp'; port: number }[] => [
  ...udp.map((port) => ({ protocol: 'udp' as const, port })),
  ...tcp.map((port) => ({ protocol: 'tcp' as const, port })),
]

/** undefined: not installed, or not for this user. */
const tryRun = (run: RunCommand, program: string, args: readonly string[]): Promise<CommandResult | undefined> =>
  run(program, args).catch(() => undefined)

/** Whether the firewall lets a machine's packets come in. Never throws. */
export async function readFirewall(need: FirewallNeed, run: RunCommand = runCommand): Promise<FirewallView> {
  if (process.platform === 'win32') return readWindows(need)
  if (process.platform !== 'linux') return { state: 'unknown', closed: [] }
  return readLinux(need, run)
}

/**
 * Lets the ports in through that NIC, until it is undone or the computer restarts; asks for the system's permission.
 * @throws CodedError `firewall.permission` or `firewall.failed`, with `{ kind, reason }`
 */
export async function openFirewall(need: FirewallNeed, run: RunCommand = runCommand): Promise<CloseFirewall> {
  const { kind } = await readFirewall(need, run)
  if (kind === 'windows') return openWindows(need)
  if (kind === 'ufw') return openUfw(need, run)
  if (kind === 'firewalld') return openFirewalld(need, run)
  if (kind === 'nftables') return openNftables(need, run)
  throw new CodedError('firewall.failed', 'no firewall that is known here', { kind: '', reason: 'unknown' })
}

// ---- Linux

export async function readLinux(need: FirewallNeed, run: RunCommand): Promise<FirewallView> {
  const firewalld = await tryRun(run, 'firewall-cmd', ['--state'])
  if (firewalld?.code === 0) return readFirewalld(need, run)
  const listed = await tryRun(run, 'nft', ['-j', 'list', 'ruleset'])
  const ufw = await tryRun(run, 'ufw', ['status'])
  const kind: FirewallKind = ufw?.code === 0 && /^Status: active/m.test(ufw.stdout) ? 'ufw' : 'nftables'
  if (listed?.code !== 0) return listed ? { kind, state: 'unknown', closed: [] } : { state: 'open', closed: [] }
  const judged = ports(need).map((each) => ({
    ...each,
    judged: judgeRuleset(listed.stdout, { device: need.device, ...each }),
  }))
  if (judged.some((each) => each.judged === undefined)) return { kind, state: 'unknown', closed: [] }
  const dropped = judged.filter((each) => each.judged?.verdict === 'drop')
  const closed = dropped.map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`)
  // ufw's own rules are written in iptables' language, which nft shows in part only.
  if (kind === 'ufw' && ufw) {
    const missing = missingInUfw(ufw.stdout, need)
    return { kind, state: missing.length > 0 ? 'closed' : 'open', closed: missing }
  }
  const hasRules = judged.some((each) => each.judged?.chain !== '')
  if (!hasRules) return { state: 'open', closed: [] }
  return { kind, state: closed.length > 0 ? 'closed' : 'open', closed }
}

/** Reads `ufw status`: `67/udp on eth0  ALLOW  Anywhere`, `Anywhere on eth0  ALLOW  Anywhere`. */
export function missingInUfw(text: string, need: FirewallNeed): string[] {
  const allowed = [...text.matchAll(/^(\S+)(?: on (\S+))?\s+(ALLOW)\s/gm)].filter(
    ([, , device]) => device === undefined || device === need.device,
  )
  return ports(need)
    .filter(
      ({ protocol, port }) => !allowed.some(([, what = '']) => what === 'Anywhere' || coversPort(what, protocol, port)),
    )
    .map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`)
}

function coversPort(what: string, protocol: string, port: number): boolean {
  const [list = '', of] = what.split('/')
  if (of !== undefined && of !== protocol) return false
  return list.split(',').some((part) => {
    const [from, to = from] = part.split(':').map(Number)
    return from !== undefined && to !== undefined && port >= from && port <= to
  })
}

async function readFirewalld(need: FirewallNeed, run: RunCommand): Promise<FirewallView> {
  const zone = await zoneOf(need.device, run)
  const closed: string[] = []
  for (const { protocol, port } of ports(need)) {
    const asked = await tryRun(run, 'firewall-cmd', [`--zone=${zone}`, `--query-port=${port}/${protocol}`])
    const service = port === 67 ? 'dhcp' : port === 69 ? 'tftp' : undefined
    const byService =
      service && asked?.code !== 0
        ? await tryRun(run, 'firewall-cmd', [`--zone=${zone}`, `--query-service=${service}`])
        : undefined
    if (asked?.code !== 0 && byService?.code !== 0) closed.push(`${protocol.toUpperCase()} ${port}`)
  }
  const target = await tryRun(run, 'firewall-cmd', ['--permanent', `--zone=${zone}`, '--get-target'])
  if (target?.stdout.trim() === 'ACCEPT') return { kind: 'firewalld', state: 'open', closed: [] }
  return { kind: 'firewalld', state: closed.length > 0 ? 'closed' : 'open', closed }
}

async function zoneOf(device: string, run: RunCommand): Promise<string> {
  const own = await tryRun(run, 'firewall-cmd', [`--get-zone-of-interface=${device}`])
  if (own?.code === 0 && own.stdout.trim() !== '') return own.stdout.trim()
  return (await tryRun(run, 'firewall-cmd', ['--get-default-zone']))?.stdout.trim() || 'public'
}

async function openFirewalld(need: FirewallNeed, run: RunCommand): Promise<CloseFirewall> {
  const zone = await zoneOf(need.device, run)
  // Without --permanent: it is gone with the next restart at the latest. polkit asks for the password.
  const change = (verb: 'add' | 'remove') => async (): Promise<void> => {
    const wanted = ports(need).map(({ protocol, port }) => `--${verb}-port=${port}/${protocol}`)
    await mustRun(run, 'firewalld', 'firewall-cmd', [`--zone=${zone}`, ...wanted])
  }
  await change('add')()
  return change('remove')
}

async function openUfw(need: FirewallNeed, run: RunCommand): Promise<CloseFirewall> {
  const commands = (undo: boolean): string =>
    ports(need)
      .map(({ protocol, port }) =>
        [
          'ufw',
          ...(undo ? ['delete'] : []),
          `allow in on ${need.device} to any port ${port} proto ${protocol} comment ${mark}`,
        ].join(' '),
      )
      .join(' && ')
  mustBeDevice(need.device, 'ufw')
  await asRoot(run, 'ufw', 'sh', ['-c', commands(false)])
  return () => asRoot(run, 'ufw', 'sh', ['-c', commands(true).replaceAll(` comment ${mark}`, '')])
}

/** Accept rules at the head of every chain that decides about what comes in; known again by their comment. */
async function openNftables(need: FirewallNeed, run: RunCommand): Promise<CloseFirewall> {
  mustBeDevice(need.device, 'nftables')
  const listed = await mustRun(run, 'nftables', 'nft', ['list', 'ruleset'])
  const chains = inputChains(listed.stdout)
  const set = (list: readonly number[]): string => `{ ${list.join(', ')} }`
  const rules = [
    ...(need.udp.length > 0 ? [`udp dport ${set(need.udp)}`] : []),
    ...(need.tcp.length > 0 ? [`tcp dport ${set(need.tcp)}`] : []),
    // A TFTP transfer goes on at a port of its own, which we opened by answering from it.
    'ct state established,related',
  ]
  const script = chains
    .flatMap((chain) =>
      rules.map((rule) => `insert rule ${chain} iifname "${need.device}" ${rule} accept comment "${mark}"`),
    )
    .join('\n')
  await asRoot(run, 'nftables', 'nft', ['-f', '-'], script)
  return async () => {
    const now = await mustRun(run, 'nftables', 'nft', ['-a', 'list', 'ruleset'])
    const removal = ownRules(now.stdout)
      .map(({ chain, handle }) => `delete rule ${chain} handle ${handle}`)
      .join('\n')
    if (removal !== '') await asRoot(run, 'nftables', 'nft', ['-f', '-'], removal)
  }
}

/** `family table chain` of every chain that hooks input, out of `nft list ruleset`. */
export function inputChains(text: string): string[] {
  return walkRuleset(text)
    .filter(({ line, table }) => /\btype filter hook input\b/.test(line) && /^(ip|inet) /.test(table))
    .map(({ table, chain }) => `${table} ${chain}`)
}

/** Our rules, out of `nft -a list ruleset`. */
export function ownRules(text: string): { chain: string; handle: number }[] {
  return walkRuleset(text).flatMap(({ line, table, chain }) => {
    const [, handle] = new RegExp(`comment "${mark}" # handle (\\d+)`).exec(line) ?? []
    return handle === undefined ? [] : [{ chain: `${table} ${chain}`, handle: Number(handle) }]
  })
}

function walkRuleset(text: string): { line: string; table: string; chain: string }[] {
  let table = ''
  let chain = ''
  return text.split('\n').map((line) => {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table
    chain = /^\s+chain (\S+) \{/.exec(line)?.[1] ?? chain
    return { line, table, chain }
  })
}

function mustBeDevice(device: string, kind: FirewallKind): void {
  if (!/^[\w.:@-]{1,15}$/.test(device))
    throw new CodedError('firewall.failed', 'no such NIC', { kind, reason: 'no such NIC' })
}

/** As it is for root, and through polkit's dialogue for anybody else. */
async function asRoot(run: RunCommand, kind: FirewallKind, program: string, args: string[], input = ''): Promise<void> {
  const isRoot = process.getuid?.() === 0
  await (isRoot ? mustRun(run, kind, program, args, input) : mustRun(run, kind, 'pkexec', [program, ...args], input))
}

async function mustRun(
  run: RunCommand,
  kind: FirewallKind,
  program: string,
  args: readonly string[],
  input = '',
): Promise<CommandResult> {
  const said = await run(program, args, { timeoutMs: minutesForAPassword, input }).catch((error: Error) => {
    throw new CodedError('firewall.failed', error.message, { kind, reason: error.message })
  })
  if (said.code === 0) return said
  const reason = (said.stderr || said.stdout).trim().slice(0, 300)
  // pkexec's codes for a dialogue that was dismissed and for one that cannot be shown.
  const refused =
    (program === 'pkexec' && (said.code === 126 || said.code === 127)) || /not permitted|authoriz/i.test(reason)
  throw new CodedError(refused ? 'firewall.permission' : 'firewall.failed', reason, { kind, reason })
}

// ---- Windows: written from the commands' references, not tried there

async function readWindows(need: FirewallNeed): Promise<FirewallView> {
  const script =
    `$profile = (Get-NetConnectionProfile -InterfaceAlias ${quotePowerShell(need.device)} -ErrorAction SilentlyContinue).NetworkCategory; ` +
    `$name = if ($profile -eq 'DomainAuthenticated') { 'Domain' } elseif ($profile) { $profile } else { 'Public' }; ` +
    `$on = (Get-NetFirewallProfile -Name $name).Enabled; ` +
    `$ours = @(Get-NetFirewallRule -Group ${mark} -ErrorAction SilentlyContinue | Where-Object Enabled -eq True).Count; ` +
    `Write-Output "$on $ours"`
  const said = await runPowerShell(script).catch(() => undefined)
  const [, on, ours] = /^(True|False|1|0) (\d+)/.exec(said?.stdout.trim() ?? '') ?? []
  if (on === undefined) return { kind: 'windows', state: 'unknown', closed: [] }
  if (on === 'False' || on === '0' || Number(ours) > 0) return { kind: 'windows', state: 'open', closed: [] }
  const closed = ports(need).map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`)
  return { kind: 'windows', state: 'closed', closed }
}

async function openWindows(need: FirewallNeed): Promise<CloseFirewall> {
  const rule = (protocol: string, list: readonly number[]): string =>
    `New-NetFirewallRule -DisplayName '${mark} ${protocol}' -Group ${mark} -Direction Inbound -Action Allow -Profile Any ` +
    `-Protocol ${protocol} -LocalPort ${list.join(',')} -InterfaceAlias ${quotePowerShell(need.device)} | Out-Null`
  await elevated([rule('UDP', need.udp), rule('TCP', need.tcp)].join('; '))
  return () => elevated(`Remove-NetFirewallRule -Group ${mark}`)
}

/** Windows asks for permission itself. */
async function elevated(script: string): Promise<void> {
  const outer =
    `$p = Start-Process powershell.exe -Verb RunAs -WindowStyle Hidden -Wait -PassThru ` +
    `-ArgumentList '-NoProfile','-NonInteractive','-EncodedCommand','${encodePowerShell(script)}'; exit $p.ExitCode`
  const said = await runPowerShell(outer, minutesForAPassword).catch((error: Error) => {
    throw new CodedError('firewall.failed', error.message, { kind: 'windows', reason: error.message })
  })
  if (said.code === 0) return
  const reason = said.stderr.trim().slice(0, 300)
  const refused = /cancel|annul/i.test(reason)
  throw new CodedError(refused ? 'firewall.permission' : 'firewall.failed', reason, { kind: 'windows', reason })
}
