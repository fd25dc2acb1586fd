import type { Ipv4 } from '../../contract/index.ts'
import { broadcastOf, contains, formatIpv4, maskToPrefix, networkOf, parseIpv4 } from '../../network/index.ts'
import { defineOption, hexPairs, readOptionValue, type OptionDefinition } from './iscOptions.ts'
import type { ConfigurationError, ImportPreview, NotTakenReason, OwnWayReason, TakenKind } from './importPreview.ts'
import type { Place, Token } from './iscLexer.ts'
import { declarations, notDoneReasonOf, settingStatements } from './iscStatements.ts'
import { machineUuid } from '../options/machineUuid.ts'
import { endOf, parseStatements, subjectOf, type Statement } from './iscSyntax.ts'
import { encodeOption } from './optionValue.ts'
import { clientOptionNames, isProtocolOption, knownOptionNamed, knownOptionOf } from './optionTable.ts'
import {
  mergeSettings,
  noSettings,
  sortOptions,
  type ClientGroup,
  type MachineIdentity,
  type NetworkSettings,
  type PlanOption,
  type PlanSettings,
  type PoolPlan,
  type ReservationPlan,
  type SubnetPlan,
} from './plan.ts'

/** Longer files are refused: no room has a hundred thousand machines. */
export const longestFile = 4 * 1024 * 1024
const mostErrors = 200

/** Of what is not done, what asks for nothing else than Amorce does: no dynamic DNS, an address probed before it is offered. */
const isAsAlways = ([name, value]: readonly Token[]): boolean =>
  (/^ddns-|^do-|^update-/.test(name?.text ?? '') && /^(none|off|false)$/.test(value?.text ?? '')) ||
  (name?.text === 'ping-check' && isOn(value))

/** Spaces whose options only say how a machine is to boot. */
const bootSpace = /^(pxe|ipxe|gpxe|etherboot|pxelinux)[.-]/i
const bootSpaceName = /^(pxe|ipxe|gpxe|etherboot|pxelinux)$/i
/** What a firmware says of itself: vendor class, user class, architecture, network interface, iPXE's own. */
const firmwareCodes: ReadonlySet<number> = new Set([60, 77, 93, 94, 175])
/** What a configuration tells a firmware: the server's name, the boot file, and PXE's and iPXE's own options. */
const bootCodes: ReadonlySet<number> = new Set([43, 60, 66, 67, 175])
const bootClient = /^(PXEClient|HTTPClient)/

type ScopeKind = 'global' | 'sharedNetwork' | 'subnet' | 'pool' | 'group' | 'host'

interface Scope {
  kind: ScopeKind
  /** What this block says. */
  settings: NetworkSettings
  /** What the groups and the shared network around it say. */
  around: NetworkSettings
  sharedNetwork?: string
  subnet?: SubnetPlan
  pool?: PoolRules
  host?: HostRead
  useHostNames: boolean
}

/** Who may have the addresses of a pool; `other` is a rule Amorce has no word for. */
interface PoolRules {
  allowed: Set<string>
  denied: Set<string>
  other?: Token
  ranges: { statement: Statement; start: number; end: number; bootp: boolean }[]
}

interface HostRead {
  identities: { identity: MachineIdentity; place: Token }[]
  addresses: Ipv4[]
  denied: boolean
}

/** Reads a dhcpd.conf(5). Never throws: the file may be anything at all. */
export function importIsc(source: string | Uint8Array): ImportPreview {
  return new IscReader().read(typeof source === 'string' ? source : decode(source), source.length)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Written before its system spoke UTF-8.
    return new TextDecoder('latin1').decode(bytes)
  }
}

class IscReader {
  readonly #preview: ImportPreview = {
    plan: { options: [], subnets: [], reservations: [] },
    taken: [],
    ownWay: [],
    notTaken: [],
    errors: [],
  }
  readonly #definitions = new Map<string, OptionDefinition>()
  readonly #hostNames = new Set<string>()
  /** By network, prefix and the shared network's name. */
  readonly #sharedSubnets = new Map<string, SubnetPlan>()
  readonly #subnetPlaces = new Map<SubnetPlan, Statement>()
  readonly #ranges: { first: number; last: number; subnet: SubnetPlan; pool: PoolPlan; place: Statement }[] = []

  read(source: string, length: number): ImportPreview {
    const preview = this.#preview
    if (length > longestFile) {
      preview.errors.push({ reason: 'tooLarge', subject: String(length), line: 1, column: 1 })
      return preview
    }
    const { statements, problems } = parseStatements(source)
    preview.errors.push(...problems)
    this.#define(statements)
    const settings: NetworkSettings = noSettings()
    this.#block(statements, { kind: 'global', settings, around: noSettings(), useHostNames: false })
    this.#dropOverlaps()

    Object.assign(preview.plan, settings)
    preview.plan.subnets.sort((a, b) => (parseIpv4(a.network) ?? 0) - (parseIpv4(b.network) ?? 0))
    for (const subnet of preview.plan.subnets)
      subnet.pools.sort((a, b) => (parseIpv4(a.start) ?? 0) - (parseIpv4(b.start) ?? 0))
    for (const list of [preview.taken, preview.ownWay, preview.notTaken, preview.errors])
      list.sort((a, b) => a.line - b.line || a.column - b.column)
    return preview
  }

  #taken = (reason: TakenKind, place: Place, subject: string): void => {
    this.#preview.taken.push({ reason, subject, line: place.line, column: place.column })
  }
  #ownWay = (reason: OwnWayReason, { head, line, column }: Statement): void => {
    this.#preview.ownWay.push({ reason, subject: subjectOf(head), line, column })
  }
  #notTaken = (reason: NotTakenReason, { head, line, column }: Statement, subject = subjectOf(head)): void => {
    this.#preview.notTaken.push({ reason, subject, line, column })
  }
  #error = (reason: ConfigurationError, place: Place, subject: string): void => {
    const { errors } = this.#preview
    const { line, column } = place
    if (errors.length < mostErrors) errors.push({ reason, subject, line, column })
    else if (errors.length === mostErrors) errors.push({ reason: 'tooManyProblems', subject: '', line, column })
  }

  /** Definitions count wherever they are, so that what uses them can be told from what nobody defined. */
  #define(statements: readonly Statement[]): void {
    for (const { head, block } of statements) {
      const definition = defineOption(head)
      if (definition) this.#definitions.set(definition.name, definition)
      if (block) this.#define(block)
    }
  }

  /** What a block says for all of it may stand behind what it is said for: declarations are read last. */
  #block(statements: readonly Statement[], scope: Scope): void {
    const later: Statement[] = []
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i]
      if (!statement) continue
      const name = nameOf(statement)
      if (declarations.has(name)) later.push(statement)
      else if (name === 'if') {
        const chain = [statement]
        while (/^(elsif|else)$/.test(nameOf(statements[i + 1]))) chain.push(statements[++i] as Statement)
        this.#condition(chain)
      } else this.#parameter(statement, scope)
    }
    // A pool of a shared network is put into the subnet that its addresses are in.
    const pools = later.filter((statement) => nameOf(statement) === 'pool')
    for (const statement of [...later.filter((each) => !pools.includes(each)), ...pools])
      this.#declaration(statement, scope)
  }

  #declaration(statement: Statement, scope: Scope): void {
    const name = nameOf(statement)
    const { head, block } = statement
    if (name === 'subclass') return this.#notTaken('class', statement)
    if (!block) return this.#error('braceExpected', statement, subjectOf(head))
    switch (name) {
      case 'subnet':
        return this.#subnet(statement, block, scope)
      case 'shared-network':
        return this.#sharedNetwork(statement, block, scope)
      case 'group':
        return this.#group(block, scope)
      case 'pool':
        return this.#pool(statement, block, scope)
      case 'host':
        return this.#host(statement, block, scope)
      default:
        return this.#class(statement, block)
    }
  }

  #subnet(statement: Statement, block: Statement[], scope: Scope): void {
    const { head } = statement
    if (scope.kind !== 'global' && scope.kind !== 'group' && scope.kind !== 'sharedNetwork')
      return this.#error('misplaced', statement, subjectOf(head))
    const [, networkToken, keyword, maskToken] = head
    const network = this.#address(networkToken, statement)
    if (network === undefined) return
    if (keyword?.text !== 'netmask') return this.#error('missingValue', keyword ?? statement, 'netmask')
    const mask = this.#address(maskToken, statement)
    if (mask === undefined) return
    const prefix = maskToPrefix(mask)
    if (prefix === undefined || networkOf(network, prefix) !== network)
      return this.#error('badMask', maskToken ?? statement, subjectOf(head))
    if (head[4]) return this.#error('unexpectedWord', head[4], head[4].text)
    const subject = `${formatIpv4(network)}/${prefix}`
    if (prefix < 1 || prefix > 30) return this.#notTaken('subnetSize', statement, subject)

    const settings: NetworkSettings = noSettings()
    const subnet: SubnetPlan = { network: formatIpv4(network), prefix, pools: [], options: [] }
    if (scope.sharedNetwork !== undefined) {
      subnet.sharedNetwork = scope.sharedNetwork
      this.#sharedSubnets.set(`${subject} ${scope.sharedNetwork}`, subnet)
    }
    this.#preview.plan.subnets.push(subnet)
    this.#subnetPlaces.set(subnet, statement)
    this.#taken('subnet', statement, subject)
    const around = aroundOf(scope)
    this.#block(block, { ...scope, kind: 'subnet', settings, around: noSettings(), subnet })
    Object.assign(subnet, mergeSettings(around, settings))
  }

  #sharedNetwork(statement: Statement, block: Statement[], scope: Scope): void {
    const name = statement.head[1]
    if (scope.kind !== 'global' && scope.kind !== 'group')
      return this.#error('misplaced', statement, subjectOf(statement.head))
    if (!name) return this.#error('missingValue', statement, subjectOf(statement.head))
    const around = aroundOf(scope)
    this.#block(block, { ...scope, kind: 'sharedNetwork', settings: noSettings(), around, sharedNetwork: name.text })
  }

  #group(block: Statement[], scope: Scope): void {
    const around = aroundOf(scope)
    this.#block(block, { ...scope, kind: 'group', settings: noSettings(), around })
  }

  #pool(statement: Statement, block: Statement[], scope: Scope): void {
    if (scope.kind !== 'subnet' && scope.kind !== 'sharedNetwork')
      return this.#error('misplaced', statement, subjectOf(statement.head))
    const pool: PoolRules = { allowed: new Set(), denied: new Set(), ranges: [] }
    this.#block(block, { ...scope, kind: 'pool', settings: noSettings(), pool })
    const clients = clientsOf(pool)
    for (const range of pool.ranges) {
      // Rather no pool than one that hands its addresses to everybody.
      if (clients === undefined) this.#notTaken('poolForSomeClients', range.statement)
      else this.#addPool(range, clients, scope)
    }
  }

  #addPool(range: PoolRules['ranges'][number], clients: ClientGroup, scope: Scope): void {
    const { statement, start, end, bootp } = range
    const subject = `${formatIpv4(start)} - ${formatIpv4(end)}`
    const subnet = scope.subnet ?? this.#sharedSubnetOf(start, scope.sharedNetwork)
    const isInside = (address: number): boolean =>
      subnet !== undefined && contains(parseIpv4(subnet.network) ?? 0, subnet.prefix, address)
    if (!subnet || !isInside(start) || !isInside(end)) return this.#error('outsideSubnet', statement, subject)
    const pool: PoolPlan = { start: formatIpv4(start), end: formatIpv4(end), clients, bootp }
    subnet.pools.push(pool)
    this.#ranges.push({ first: start, last: end, subnet, pool, place: statement })
    this.#taken('pool', statement, subject)
  }

  #sharedSubnetOf(address: number, sharedNetwork: string | undefined): SubnetPlan | undefined {
    for (let prefix = 1; prefix <= 30; prefix++) {
      const subnet = this.#sharedSubnets.get(`${formatIpv4(networkOf(address, prefix))}/${prefix} ${sharedNetwork}`)
      if (subnet) return subnet
    }
    return undefined
  }

  #host(statement: Statement, block: Statement[], scope: Scope): void {
    const name = statement.head[1]
    if (!name) return this.#error('missingValue', statement, subjectOf(statement.head))
    if (scope.kind === 'pool' || scope.kind === 'host')
      return this.#error('misplaced', statement, subjectOf(statement.head))
    if (this.#hostNames.has(name.text)) return this.#error('duplicateName', name, name.text)
    this.#hostNames.add(name.text)

    const settings: NetworkSettings = noSettings()
    const host: HostRead = { identities: [], addresses: [], denied: false }
    this.#block(block, { ...scope, kind: 'host', settings, around: noSettings(), host })
    const [first, ...others] = host.identities
    if (!first) return this.#notTaken('noIdentity', statement)
    for (const { place } of others) this.#notTaken('secondIdentity', { ...statement, ...place })
    const around = scope.kind === 'group' ? aroundOf(scope) : noSettings()
    const merged = mergeSettings<PlanSettings>(machineSettings(around), machineSettings(settings))
    if (scope.useHostNames && !merged.options.some(({ code }) => code === 12))
      merged.options = sortOptions([...merged.options, { code: 12, value: { type: 'text', text: name.text } }])
    const reservation: ReservationPlan = {
      name: name.text,
      identity: first.identity,
      addresses: host.addresses,
      denied: host.denied,
      ...merged,
    }
    this.#preview.plan.reservations.push(reservation)
    this.#taken('reservation', statement, [name.text, ...host.addresses].join(' '))
  }

  #class(statement: Statement, block: Statement[]): void {
    const match = block.find((each) => nameOf(each) === 'match')
    const rest = block.filter((each) => each !== match)
    const isBootChoice = match && this.#asksFirmware(match.head.slice(1)) && this.#onlyBoots(rest)
    if (isBootChoice) this.#ownWay('bootChoice', statement)
    else this.#notTaken('class', statement)
  }

  #condition(chain: readonly Statement[]): void {
    const [first] = chain
    if (!first) return
    const isBootChoice = chain.every(
      (branch) => (nameOf(branch) === 'else' || this.#asksFirmware(branch.head)) && this.#onlyBoots(branch.block ?? []),
    )
    if (isBootChoice) this.#ownWay('bootChoice', first)
    else this.#notTaken('condition', first)
  }

  /** Does a condition look at nothing but what a firmware says of itself? */
  #asksFirmware(condition: readonly Token[]): boolean {
    let asked = 0
    for (let i = 0; i < condition.length; i++) {
      const token = condition[i]
      if (token?.kind !== 'word') continue
      const isOption = token.text === 'option' || token.text === 'exists'
      if (isOption) {
        const name = condition[++i]?.text === 'option' ? condition[++i]?.text : condition[i]?.text
        if (name === undefined || !this.#isFirmwareOption(name)) return false
        asked++
      } else if (!/^(if|elsif|else|and|or|not|substring|suffix|lcase|ucase|[0-9a-fx]+)$/i.test(token.text)) return false
    }
    return asked > 0 || (condition.length === 2 && condition[0]?.text === 'else')
  }

  #isFirmwareOption(name: string): boolean {
    const code = this.#definitions.get(name)?.code ?? clientOptionNames.get(name)
    return bootSpace.test(name) || (code !== undefined && firmwareCodes.has(code))
  }

  #onlyBoots(statements: readonly Statement[]): boolean {
    return statements.every((statement) => {
      const name = nameOf(statement)
      if (name === 'if' || name === 'elsif')
        return this.#asksFirmware(statement.head) && this.#onlyBoots(statement.block ?? [])
      if (name === 'else') return this.#onlyBoots(statement.block ?? [])
      if (name === 'option') return this.#isBootOption(statement.head[1]?.text ?? '')
      return /^(filename|next-server|server-name|log|vendor-option-space)$/.test(name)
    })
  }

  #isBootOption(name: string): boolean {
    const code = this.#definitions.get(name)?.code ?? knownOptionNamed(name)?.code
    return bootSpace.test(name) || (code !== undefined && bootCodes.has(code))
  }

  #parameter(statement: Statement, scope: Scope): void {
    const { head, block } = statement
    const name = nameOf(statement)
    const reason = notDoneReasonOf(name)
    if (reason) {
      if (isAsAlways(head)) return this.#ownWay('asAlways', statement)
      return this.#notTaken(reason, statement)
    }
    if (block) return this.#error('unknownStatement', statement, subjectOf(head))
    if (scope.kind === 'pool' && settingStatements.has(name)) return this.#notTaken('poolSetting', statement)
    switch (name) {
      case 'option':
        return this.#option(statement, scope)
      case 'default-lease-time':
      case 'min-lease-time':
      case 'max-lease-time':
        return this.#leaseTime(statement, scope)
      case 'next-server':
        return this.#nextServer(statement, scope)
      case 'filename':
        return this.#text(statement, (text) => {
          scope.settings.bootFile = text
          this.#taken('bootFile', statement, text)
        })
      case 'server-name':
        return this.#text(statement, (text) => {
          scope.settings.serverName = text
          this.#taken('serverName', statement, text)
        })
      case 'authoritative':
        return this.#authoritative(statement, scope, true)
      case 'not':
        if (head[1]?.text !== 'authoritative') return this.#error('unknownStatement', statement, subjectOf(head))
        return this.#authoritative(statement, scope, false)
      case 'range':
        return this.#range(statement, scope)
      case 'allow':
      case 'deny':
      case 'ignore':
        return this.#permission(statement, scope)
      case 'hardware':
      case 'fixed-address':
      case 'host-identifier':
      case 'uid':
        return this.#hostParameter(statement, scope)
      case 'use-host-decl-names':
        scope.useHostNames = isOn(head[1])
        return this.#taken('hostNames', statement, subjectOf(head))
      case 'include':
        return this.#notTaken('include', statement)
      default:
        return this.#error('unknownStatement', statement, subjectOf(head))
    }
  }

  #option(statement: Statement, scope: Scope): void {
    const { head } = statement
    const nameToken = head[1]
    const name = nameToken?.text ?? ''
    if (!nameToken) return this.#error('missingValue', statement, subjectOf(head))
    if (name === 'space') {
      if (bootSpaceName.test(head[2]?.text ?? '')) return this.#ownWay('bootChoice', statement)
      return this.#notTaken('optionSpace', statement)
    }
    if (head[2]?.text === 'code') return this.#optionDefinition(statement, name)
    if (bootSpace.test(name)) return this.#ownWay('bootChoice', statement)
    if (/^dhcp6\.|^fqdn6?\./.test(name))
      return this.#notTaken(name.startsWith('fqdn.') ? 'optionSpace' : 'ipv6', statement)

    const definition = this.#definitions.get(name) ?? this.#builtIn(name)
    const clientCode = clientOptionNames.get(name)
    const code = definition?.code ?? clientCode
    if (code !== undefined && isProtocolOption(code)) {
      if (name === 'dhcp-client-identifier' && scope.host) return this.#clientIdentifier(statement, scope.host)
      return this.#notTaken('protocolOption', statement)
    }
    if (!definition)
      return name.includes('.')
        ? this.#notTaken('optionSpace', statement)
        : this.#error('unknownOption', nameToken, name)
    if (definition.untranslatable) return this.#notTaken(definition.untranslatable, statement)

    const read = readOptionValue(head.slice(2), definition)
    if (!read.ok) {
      if (read.reason === 'needsDns' || read.reason === 'expression') return this.#notTaken(read.reason, statement)
      return this.#error(read.reason, read.token ?? endOf(statement.head), read.token?.text ?? name)
    }
    // Said to every client, these make a UEFI machine wait for a PXE server of its own.
    if (definition.code === 60 && bootClient.test(Buffer.from(encodeOption(read.value)).toString('latin1')))
      return this.#ownWay('bootChoice', statement)
    setOption(scope.settings, { code: definition.code, value: read.value })
    this.#taken('option', statement, subjectOf(head.slice(1)))
  }

  /** Options of dhcpd's own table, and those it knows by number alone. */
  #builtIn(name: string): OptionDefinition | undefined {
    const known = knownOptionNamed(name)
    if (known) return { ...known, name }
    const code = Number(/^(?:option|unknown)-(\d{1,3})$/i.exec(name)?.[1])
    if (!(code >= 1 && code <= 254)) return undefined
    return { ...(knownOptionOf(code) ?? { code, shape: { type: 'bytes' } }), name }
  }

  #optionDefinition(statement: Statement, name: string): void {
    const definition = this.#definitions.get(name)
    if (bootSpace.test(name)) return this.#ownWay('bootChoice', statement)
    if (!definition) return this.#error('badDefinition', statement, subjectOf(statement.head))
    if (definition.untranslatable && firmwareCodes.has(definition.code)) return this.#ownWay('bootChoice', statement)
    if (definition.untranslatable) return this.#notTaken(definition.untranslatable, statement)
    this.#taken('optionDefinition', statement, `${name} ${definition.code}`)
  }

  #leaseTime(statement: Statement, scope: Scope): void {
    const { head } = statement
    if (head[1]?.text === '=') return this.#notTaken('expression', statement)
    const token = head[1]
    if (!token) return this.#error('missingValue', endOf(statement.head), subjectOf(head))
    const seconds = /^\d{1,10}$/.test(token.text) ? Number(token.text) : Number.NaN
    if (!(seconds <= 0xffffffff)) return this.#error('badNumber', token, token.text)
    if (head[2]) return this.#error('unexpectedWord', head[2], head[2].text)
    const which = nameOf(statement).split('-', 1)[0] as 'default' | 'min' | 'max'
    scope.settings.leaseTimes = { ...scope.settings.leaseTimes, [which]: seconds }
    this.#taken('leaseTime', statement, subjectOf(head))
  }

  #nextServer(statement: Statement, scope: Scope): void {
    const { head } = statement
    const token = head[1]
    if (token?.text === '=') return this.#notTaken('expression', statement)
    if (token && isHostName(token)) return this.#notTaken('needsDns', statement)
    const address = this.#address(token, statement)
    if (address === undefined) return
    if (head[2]) return this.#error('unexpectedWord', head[2], head[2].text)
    scope.settings.nextServer = formatIpv4(address)
    this.#taken('nextServer', statement, formatIpv4(address))
  }

  #text(statement: Statement, set: (text: string) => void): void {
    const { head } = statement
    const value = head[1]?.text === '=' && head[1].kind === 'mark' ? head[2] : head[1]
    if (!value) return this.#error('missingValue', endOf(statement.head), subjectOf(head))
    if (value !== head[1] && (value.kind !== 'string' || head[3])) return this.#notTaken('expression', statement)
    if (value.kind !== 'string') return this.#error('badText', value, value.text)
    const extra = head[head.indexOf(value) + 1]
    if (extra) return this.#error('unexpectedWord', extra, extra.text)
    set(value.text)
  }

  #authoritative(statement: Statement, scope: Scope, value: boolean): void {
    if (scope.kind === 'host' || scope.kind === 'pool')
      return this.#error('misplaced', statement, subjectOf(statement.head))
    const extra = statement.head[value ? 1 : 2]
    if (extra) return this.#error('unexpectedWord', extra, extra.text)
    scope.settings.authoritative = value
    this.#taken('authoritative', statement, subjectOf(statement.head))
  }

  #range(statement: Statement, scope: Scope): void {
    const { head } = statement
    if (scope.kind !== 'subnet' && scope.kind !== 'pool') return this.#error('misplaced', statement, subjectOf(head))
    const bootp = head[1]?.text === 'dynamic-bootp'
    const [startToken, endToken, extra] = head.slice(bootp ? 2 : 1)
    const from = this.#address(startToken, statement)
    const to = endToken ? this.#address(endToken, statement) : from
    if (from === undefined || to === undefined) return
    if (extra) return this.#error('unexpectedWord', extra, extra.text)
    // dhcpd takes them either way round.
    const range = { statement, start: Math.min(from, to), end: Math.max(from, to), bootp }
    if (scope.pool) scope.pool.ranges.push(range)
    else this.#addPool(range, 'all', scope)
  }

  #permission(statement: Statement, scope: Scope): void {
    const { head } = statement
    const verb = nameOf(statement)
    const allows = verb === 'allow'
    const object = head
      .slice(1)
      .map(({ text }) => text)
      .join(' ')
    if (!object) return this.#error('missingValue', endOf(statement.head), subjectOf(head))
    if (scope.pool) {
      const known = /^(unknown|known)(-| )clients$/.exec(object)
      if (known?.[1]) (allows ? scope.pool.allowed : scope.pool.denied).add(known[1])
      else if (/^dynamic bootp clients$/.test(object) && !allows) {
        // Nobody asked for BOOTP clients to be served from it.
      } else scope.pool.other = head[0]
      return
    }
    switch (object) {
      case 'unknown-clients':
      case 'unknown clients':
        scope.settings.unknownClients = allows
        return this.#taken('unknownClients', statement, subjectOf(head))
      case 'bootp':
        scope.settings.bootp = allows
        return this.#taken('bootp', statement, subjectOf(head))
      case 'booting':
        if (allows) return this.#ownWay('asAlways', statement)
        if (!scope.host) return this.#notTaken('unsupportedSetting', statement)
        scope.host.denied = true
        return
      case 'client-updates':
        return this.#notTaken('dynamicDns', statement)
      case 'declines':
      case 'leasequery':
      case 'duplicates':
        if (allows === (object !== 'leasequery')) return this.#ownWay('asAlways', statement)
        return this.#notTaken('unsupportedSetting', statement)
      default:
        return /^(members|all|dynamic|authenticated|unauthenticated|known|after)/.test(object)
          ? this.#error('misplaced', statement, subjectOf(head))
          : this.#error('unknownStatement', statement, subjectOf(head))
    }
  }

  #hostParameter(statement: Statement, { host }: Scope): void {
    const { head } = statement
    if (!host) return this.#error('misplaced', statement, subjectOf(head))
    switch (nameOf(statement)) {
      case 'hardware':
        return this.#hardware(statement, host)
      case 'fixed-address':
        return this.#fixedAddress(statement, host)
      case 'uid':
        return this.#clientIdentifier({ ...statement, head: [head[0] as Token, ...head] }, host)
      default:
        return this.#hostIdentifier(statement, host)
    }
  }

  #hardware(statement: Statement, host: HostRead): void {
    const [, type, ...rest] = statement.head
    if (!type) return this.#error('missingValue', endOf(statement.head), subjectOf(statement.head))
    if (type.text !== 'ethernet') return this.#notTaken('otherHardware', statement)
    const hex = hexPairs(rest)
    if (hex?.length !== 12) return this.#error('badMac', rest[0] ?? type, subjectOf(rest))
    const mac = hex.replace(/..(?!$)/g, '$&:')
    // It comes first: this is how Amorce knows a machine.
    host.identities.unshift({ identity: { kind: 'mac', mac }, place: type })
  }

  #fixedAddress(statement: Statement, host: HostRead): void {
    const rest = statement.head.slice(1)
    if (rest.length === 0) return this.#error('missingValue', endOf(statement.head), subjectOf(statement.head))
    const addresses: Ipv4[] = []
    for (const [i, token] of rest.entries()) {
      if (i % 2 === 1) {
        if (token.text === ',') continue
        return this.#error('unexpectedWord', token, token.text)
      }
      if (isHostName(token)) return this.#notTaken('needsDns', statement)
      const address = this.#address(token, statement)
      if (address === undefined) return
      addresses.push(formatIpv4(address))
    }
    host.addresses.push(...addresses)
  }

  #clientIdentifier(statement: Statement, host: HostRead): void {
    const [, nameToken, ...rest] = statement.head
    const [first] = rest
    if (!first) return this.#error('missingValue', endOf(statement.head), subjectOf(statement.head))
    if (first.text === '=' && first.kind === 'mark') return this.#notTaken('expression', statement)
    const hex =
      first.kind === 'string' && rest.length === 1 ? Buffer.from(first.text, 'utf8').toString('hex') : hexPairs(rest)
    if (!hex) return this.#error('badHex', first, subjectOf(rest))
    host.identities.push({ identity: { kind: 'clientId', hex }, place: nameToken ?? first })
  }

  /** dhcpd-options(5): a machine known by any option; option 97 is the one that tells a machine from its network card. */
  #hostIdentifier(statement: Statement, host: HostRead): void {
    const [, keyword, name, ...rest] = statement.head
    if (keyword?.text !== 'option' || !name) return this.#notTaken('noIdentity', statement)
    const code = this.#definitions.get(name.text)?.code ?? clientOptionNames.get(name.text)
    if (code === 61) return this.#clientIdentifier({ ...statement, head: [keyword, name, ...rest] }, host)
    if (code !== 97) return this.#notTaken('noIdentity', statement)
    // One type byte, then the UUID: dhcpd wants a space between them, other writers put a colon.
    const hex = hexPairs(
      rest.filter(({ text }) => text !== ':').flatMap((token, i) => (i === 0 ? [token] : [colon, token])),
    )
    const uuid = hex === undefined ? undefined : machineUuid.decode(Uint8Array.from(Buffer.from(hex, 'hex')))
    if (uuid === undefined) return this.#error('badHex', rest[0] ?? name, subjectOf(rest))
    host.identities.push({ identity: { kind: 'uuid', uuid }, place: name })
  }

  #address(token: Token | undefined, statement: Statement): number | undefined {
    if (!token) {
      this.#error('missingValue', endOf(statement.head), subjectOf(statement.head))
      return undefined
    }
    const address = token.kind === 'word' ? parseIpv4(token.text) : undefined
    if (address === undefined) this.#error('badAddress', token, token.text)
    return address
  }

  #dropOverlaps(): void {
    const { plan } = this.#preview
    const subnets = [...this.#subnetPlaces].map(([subnet, place]) => {
      const first = parseIpv4(subnet.network) ?? 0
      return { first, last: broadcastOf(first, subnet.prefix), subnet, place }
    })
    const extraSubnets = new Set(overlapping(subnets).map(({ subnet }) => subnet))
    plan.subnets = plan.subnets.filter((each) => !extraSubnets.has(each))
    for (const { subnet, place } of subnets)
      if (extraSubnets.has(subnet)) this.#notTaken('overlappingSubnet', place, `${subnet.network}/${subnet.prefix}`)

    const extraRanges = overlapping(this.#ranges.filter(({ subnet }) => !extraSubnets.has(subnet)))
    const extraPools = new Set(extraRanges.map(({ pool }) => pool))
    for (const subnet of plan.subnets) subnet.pools = subnet.pools.filter((each) => !extraPools.has(each))
    for (const { pool, place } of extraRanges) this.#error('overlappingRange', place, `${pool.start} - ${pool.end}`)
  }
}

const nameOf = (statement: Statement | undefined): string => statement?.head[0]?.text.toLowerCase() ?? ''

/** What holds for the declarations in a block besides what is said for everything and for their subnet. */
const aroundOf = ({ kind, around, settings }: Scope): NetworkSettings =>
  kind === 'group' || kind === 'sharedNetwork' ? mergeSettings(around, settings) : around

const colon: Token = { kind: 'mark', text: ':', line: 0, column: 0, endColumn: 0 }
const isOn = (token: Token | undefined): boolean => /^(on|true)$/i.test(token?.text ?? '')
/** dhcpd asks the DNS for such a name when it starts. */
const isHostName = ({ kind, text }: Token): boolean => kind === 'word' && /[a-z]/i.test(text)

/** dhcpd.conf(5), permit list: with an `allow`, only those; with a `deny`, all but those. */
function clientsOf({ allowed, denied, other }: PoolRules): ClientGroup | undefined {
  if (other) return undefined
  const groups = (['known', 'unknown'] as const).filter(
    (group) => (allowed.size === 0 || allowed.has(group)) && !denied.has(group),
  )
  return groups.length === 2 ? 'all' : groups[0]
}

const machineSettings = ({ leaseTimes, options, nextServer, serverName, bootFile }: PlanSettings): PlanSettings => ({
  ...(leaseTimes && { leaseTimes }),
  options,
  ...(nextServer !== undefined && { nextServer }),
  ...(serverName !== undefined && { serverName }),
  ...(bootFile !== undefined && { bootFile }),
})

/** The last of two counts, as for dhcpd. */
function setOption(settings: PlanSettings, option: PlanOption): void {
  settings.options = sortOptions([...settings.options.filter(({ code }) => code !== option.code), option])
}

/** Those that share an address with one that begins before them. */
function overlapping<Span extends { first: number; last: number }>(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.first - b.first || b.last - a.last)
  let reached = -1
  return sorted.filter(({ first, last }) => {
    const overlaps = first <= reached
    reached = Math.max(reached, last)
    return overlaps
  })
}
