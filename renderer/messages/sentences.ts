import type {
  AmorceEvent,
  BatteryState,
  CandidateView,
  MachineView,
  PreflightLine,
  Remedy,
  RoomTrouble,
  ServiceView,
  Trouble,
  WireError,
} from '../../src/contract/index.ts'
import { formatBytes, formatDateTime, formatDuration, formatLinkSpeed, formatPercent, formatRate } from './format.ts'
import { isMessageKey, t, tell, words } from './words.svelte.ts'

// What was measured, put into sentences: the only place where views meet the catalogue's longer messages.

/** What a machine is called: its seat, else its asset tag, else the name it gives itself, else the end of its MAC. */
export const machineName = (machine: Pick<MachineView, 'mac' | 'hostName' | 'item' | 'seat'>): string =>
  machine.seat?.label || machine.item?.assetTag || machine.hostName || tailName(machine.mac)

export const candidateName = ({ lastName, firstName }: Pick<CandidateView, 'lastName' | 'firstName'>): string =>
  `${lastName} ${firstName}`.trim()

export const isNamed = (machine: Pick<MachineView, 'hostName' | 'item' | 'seat'>): boolean =>
  Boolean(machine.seat?.label || machine.item?.assetTag || machine.hostName)

const macTail = (mac: string): string => mac.slice(-5).replace(':', '').toUpperCase()
export const tailName = (mac: string): string => t('tile.unnamed', { tail: macTail(mac) })

/** A name for where there is room for a few letters only. */
export const shortName = (machine: Pick<MachineView, 'mac' | 'hostName' | 'item' | 'seat'>, prefix: string): string =>
  isNamed(machine) ? machineName(machine).slice(prefix.length) : macTail(machine.mac)

/** What all names begin with, up to a separator: `B104-` of `B104-A1` and `B104-A2`. Empty for fewer than three names. */
export function commonPrefix(names: readonly string[]): string {
  const [first, ...others] = names
  if (first === undefined || names.length < 3) return ''
  let length = first.length
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length -= 1
  return first.slice(0, length).match(/^.*[-_/. ]/)?.[0] ?? ''
}

export interface ErrorWords {
  title: string
  remedy: string
}

export const errorWords = ({ code, details }: Pick<WireError, 'code' | 'details'>): ErrorWords => ({
  title: tell(`error.${code}.title`, details),
  remedy: dhcpFaultWords(details) ?? tell(`error.${code}.remedy`, details),
})

/** Where a DHCP setting is wrong, and what to do; undefined when that is not what it is about. */
export function dhcpFaultWords({ field, reason, value }: Readonly<Record<string, unknown>>): string | undefined {
  const where = `dhcpField.${String(field).split('.')[0]}`
  const what = `dhcpFault.${String(reason)}`
  if (!isMessageKey(where) || !isMessageKey(what)) return undefined
  const said =
    typeof value === 'string' && value !== '' ? t('dhcp.check.fault', { where: value, what: tell(what) }) : tell(what)
  return t('dhcp.check.fault', { where: tell(where), what: said })
}

export const troubleWords = (trouble: Trouble, name: string): { what: string; remedy: string } => ({
  what: tell(`trouble.${trouble.code}.what`, { ...trouble.facts, name }),
  remedy: tell(`trouble.${trouble.code}.do`, trouble.facts),
})

export const batteryWords = ({ percent, isOnMains }: BatteryState): string =>
  t(isOnMains ? 'battery.mains' : 'battery.alone', { percent: formatPercent(percent / 100) })

/** How sure a verdict is, as a word and a figure. */
export const confidenceWords = (confidence: number): string =>
  t('trouble.confidence.percent', {
    word: t(`trouble.confidence.${confidence >= 0.9 ? 'certain' : confidence >= 0.7 ? 'likely' : 'possible'}`),
    percent: formatPercent(confidence),
  })

export function roomTroubleWords({ code, facts, shared }: RoomTrouble): {
  title: string
  what: string
  remedy: string
} {
  const { rate, speedMbps } = facts
  const values = {
    ...facts,
    rate: typeof rate === 'number' ? formatRate(rate) : undefined,
    speed: typeof speedMbps === 'number' ? formatLinkSpeed(speedMbps) : undefined,
    trouble: shared && t(`trouble.${shared}`),
  }
  return {
    title: tell(`${code}.title`, values),
    what: tell(`${code}.text`, values),
    remedy: tell(`${code}.do`),
  }
}

export function preflightSentence(line: PreflightLine): string {
  if (!line.finding) return t('preflight.running')
  const { speedMbps, duplex, freeBytes, neededBytes, latest } = line.details
  return tell(`preflight.${line.finding}`, {
    ...line.details,
    speed: typeof speedMbps === 'number' ? formatLinkSpeed(speedMbps) : undefined,
    duplex: duplex === 'full' || duplex === 'half' ? t(`link.duplex.${duplex}`) : undefined,
    latest: typeof latest === 'number' ? formatDateTime(latest) : undefined,
    free: typeof freeBytes === 'number' ? formatBytes(freeBytes) : undefined,
    needed: typeof neededBytes === 'number' ? formatBytes(neededBytes) : undefined,
    fault: dhcpFaultWords(line.details),
  })
}

export const remedyWords = (remedy: Remedy): string => tell(`remedy.${remedy.id}`, remedy.details)

/** What a type of item is called: what a person called it, else the words for a built-in one, else its key. */
export function itemTypeName(type: string): string {
  const given = words.itemTypes.get(type)
  if (given) return given
  const key = `itemType.${type}`
  return isMessageKey(key) ? tell(key) : type
}

export const serviceName = (name: ServiceView['name']): string => t(`service.${name}`)

/** The sentence of one journal event; the machine it is about is named beside it. */
export function eventSentence(event: AmorceEvent): string {
  switch (event.type) {
    case 'dhcp.discover':
      return t('journal.dhcp.discover', {
        firmware: t(`firmware.${event.client.firmware}`),
        secs: event.client.secs || undefined,
      })
    case 'dhcp.offer':
      return t('journal.dhcp.offer', { address: event.address, file: event.bootFile })
    case 'dhcp.request':
      return tell(`journal.dhcp.request.${event.state}`, { address: event.address, server: event.serverId })
    case 'dhcp.ack':
      return event.renewal
        ? t('journal.dhcp.ack.renewal', { address: event.address })
        : t('journal.dhcp.ack', { address: event.address, file: event.bootFile })
    case 'dhcp.nak':
      return tell(`journal.dhcp.nak.${event.reason}`, { address: event.address })
    case 'dhcp.release':
    case 'dhcp.decline':
    case 'dhcp.inform':
      return tell(`journal.${event.type}`, { address: event.address })
    case 'dhcp.conflict':
      return t('journal.dhcp.conflict', { address: event.address })
    case 'dhcp.limited':
      return t('journal.dhcp.limited', { count: event.count })
    case 'dhcp.silent':
      if (event.policy) return t(`journal.dhcp.silent.policy.${event.policy}`)
      return tell(`journal.dhcp.silent.${event.reason}`, { server: event.serverId })
    case 'dhcp.otherServer':
      return tell(`journal.dhcp.otherServer.${event.seenIn}`, { address: event.address, offered: event.offered })
    case 'dhcp.proxy':
      return tell(`journal.dhcp.proxy.${event.step}`, { address: event.address, file: event.bootFile })
    case 'dhcp.malformed':
      return t('journal.dhcp.malformed', { from: event.from, reason: event.reason })
    case 'transfer.start':
      return t(event.direction === 'received' ? 'journal.transfer.receive' : 'journal.transfer.start', {
        file: event.file,
        protocol: t(`protocol.${event.protocol}`),
        size: event.size === undefined ? undefined : formatBytes(event.size),
      })
    case 'transfer.progress':
      return t('journal.transfer.progress', { file: event.id, bytes: formatBytes(event.bytes) })
    case 'transfer.end':
      return tell(`journal.transfer.${event.direction === 'received' ? 'received' : 'end'}.${event.outcome}`, {
        file: event.savedAs ?? event.file,
        bytes: formatBytes(event.bytes),
        duration: formatDuration(event.durationMs),
        reason: event.reason,
      })
    case 'transfer.refused':
      return t('journal.transfer.refused', {
        file: event.file,
        protocol: t(`protocol.${event.protocol}`),
        why: tell(`error.${event.code}.title`),
        nearest: event.nearest,
      })
    case 'work.received': {
      const { name, seat, version } = event
      return t('journal.work.received', { name, seat, version, size: formatBytes(event.size) })
    }
    case 'boot.script':
      return tell(event.localDisk ? 'journal.boot.script.localDisk' : 'journal.boot.script', {
        profile: event.profileName,
      })
    case 'boot.report':
      return t('journal.boot.report', {
        machine: [event.facts.manufacturer, event.facts.product].filter(Boolean).join(' '),
        serial: event.facts.serial,
      })
    case 'agent.task':
      return t('journal.agent.task', { task: t(`winpeTask.${event.task}`), result: t(`winpeResult.${event.result}`) })
    case 'agent.incident':
      return t('journal.agent.incident', { incident: t(`incident.${event.incident}`), text: event.text })
    case 'agent.heartbeat':
      return t(`journal.agent.heartbeat.${event.stage}`)
    case 'machine.asked':
      return t(`journal.machine.asked.${event.answer}`, { address: event.address })
    case 'machine.woken':
      return t('journal.machine.woken')
    case 'packet.unheard':
      return t(event.closed ? 'journal.packet.unheard.closed' : 'journal.packet.unheard.dropped', {
        protocol: event.protocol.toUpperCase(),
        port: event.port,
      })
    case 'service.state':
      return tell(`journal.service.state.${event.state}`, {
        service: serviceName(event.service),
        why: event.code && tell(`error.${event.code}.title`, event.details),
      })
    case 'exam.started':
    case 'exam.stopped':
    case 'exam.resumed':
      return tell(`journal.${event.type}`, { nic: event.nic, address: event.address })
    case 'pin.changed':
      return t(`journal.pin.changed.${event.change}`)
    case 'pin.unlocked':
      return t('journal.pin.unlocked')
    case 'pin.refused':
      return t('journal.pin.refused', { count: event.failures })
    case 'nic.changed':
      return t(`journal.nic.changed.${event.change}`, { nic: event.nic })
    case 'journal.skipped':
      return t('journal.journal.skipped', { count: event.count })
  }
}
