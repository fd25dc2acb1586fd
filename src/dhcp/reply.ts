import { parseIpv4 } from '../network/index.ts'
import type { Address } from './address.ts'
import type { BootAnswer } from './bootDecider.ts'
import type { DhcpSettings } from './config.ts'
import { isOnNetwork } from './leases.ts'
import { messageType, optionCode } from './options/codes.ts'
import { address, uint16, uint32, uint8 } from './options/integer.ts'
import { addressList, uint8List } from './options/list.ts'
import { readOption } from './options/shape.ts'
import { text } from './options/text.ts'
import { bootReply, broadcastFlag, type DhcpPacket } from './packet.ts'

export interface ReplyParts {
  /** Option 53; absent in the answer to a BOOTP client, which knows no options of DHCP. */
  type?: number
  yiaddr?: Address
  /** Seconds; absent in a NAK and in the answer to an INFORM (RFC 2131 §4.3.5). */
  leaseSeconds?: number
  boot?: BootAnswer
  /** Option 56: why not. */
  message?: string
  /** Option 54; our address unless a relay agent wants another one. */
  serverIdentifier?: Address
  /** This ACK answers a DISCOVER (RFC 4039). */
  rapidCommit?: boolean
}

/** Builds the reply to `request` by RFC 2131 §4.3.1, table 3. */
export function buildReply(request: DhcpPacket, parts: ReplyParts, settings: DhcpSettings): DhcpPacket {
  const { type, boot } = parts
  const isNak = type === messageType.nak
  const bootFile = boot && text.encode(boot.bootFile)
  const wanted = readOption(request.options, optionCode.parameterRequestList, uint8List)
  // §4.1: a relay must broadcast a NAK, since the client's address is in doubt.
  const relayedNak = isNak && request.giaddr !== 0
  return {
    op: bootReply,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: relayedNak ? request.flags | broadcastFlag : request.flags,
    // RFC 951 §4 has the server leave it as it was.
    ciaddr: type === messageType.ack || type === undefined ? request.ciaddr : 0,
    yiaddr: parts.yiaddr ?? 0,
    siaddr: boot ? (parseIpv4(boot.nextServer) ?? 0) : 0,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: nothing,
    // The field ends with a NUL; what is longer is in option 67 alone.
    file: bootFile && bootFile.length < fileFieldSize ? bootFile : nothing,
    options: inOrder(replyOptions(request, parts, settings, wanted), wanted),
  }
}

const nothing = new Uint8Array(0)
const fileFieldSize = 128

function replyOptions(
  request: DhcpPacket,
  parts: ReplyParts,
  settings: DhcpSettings,
  wanted: readonly number[] | undefined,
): Map<number, Uint8Array> {
  const { type, leaseSeconds, boot, message } = parts
  const options = new Map<number, Uint8Array>()
  if (type !== undefined) {
    options.set(optionCode.messageType, uint8.encode(type))
    options.set(
      optionCode.serverIdentifier,
      parts.serverIdentifier === undefined || parts.serverIdentifier === settings.serverAddress
        ? encodedOf(settings).serverIdentifier
        : address.encode(parts.serverIdentifier),
    )
  }
  if (leaseSeconds !== undefined) {
    const encoded = encodedOf(settings)
    const times = leaseSeconds === settings.leaseSeconds ? encoded.leaseTimes : leaseTimes(leaseSeconds)
    for (const [code, value] of times) options.set(code, value)
  }
  if (parts.rapidCommit) options.set(optionCode.rapidCommit, nothing)
  if (message) options.set(optionCode.message, text.encode(message))
  if (type !== messageType.nak) {
    const encoded = encodedOf(settings)
    options.set(optionCode.subnetMask, encoded.mask)
    // A client that lists nothing is sent everything.
    const isWanted = (code: number): boolean => wanted?.includes(code) ?? true
    for (const [code, value] of encoded.network) if (isWanted(code)) options.set(code, value)
    for (const [code, { bytes, always }] of settings.options) {
      // A stranger's vendor data can hang a PXE ROM for minutes.
      if (boot && code === optionCode.vendorSpecific) continue
      if (always || isWanted(code)) options.set(code, bytes)
    }
    if (boot) {
      options.set(optionCode.tftpServerName, text.encode(boot.nextServer))
      options.set(optionCode.bootFileName, text.encode(boot.bootFile))
      if (boot.vendorClass) options.set(optionCode.vendorClassIdentifier, text.encode(boot.vendorClass))
    }
    echo(optionCode.clientUuid)
    // It says that the address is of that subnet (RFC 3011 §2): not where a relay agent chose another one, nor where
    // the client asked without one.
    const selected = readOption(request.options, optionCode.subnetSelection, address)
    if (selected !== undefined && isOnNetwork(selected, settings)) echo(optionCode.subnetSelection)
  }
  // RFC 6842, in every reply; RFC 3046 §2.2.
  echo(optionCode.clientIdentifier)
  echo(optionCode.relayAgentInformation)
  return options

  function echo(code: number): void {
    const value = request.options.get(code)
    if (value) options.set(code, value)
  }
}

type Options = readonly (readonly [code: number, value: Uint8Array])[]

/** §4.4.5: T1 is half the lease, T2 seven eighths of it. */
const leaseTimes = (seconds: number): Options => [
  [optionCode.leaseTime, uint32.encode(seconds)],
  [optionCode.renewalTime, uint32.encode(Math.floor(seconds / 2))],
  [optionCode.rebindingTime, uint32.encode(Math.floor((seconds * 7) / 8))],
]

/** What every reply on one network says alike, encoded once. */
interface EncodedSettings {
  serverIdentifier: Uint8Array
  mask: Uint8Array
  leaseTimes: Options
  network: Options
}

const encodedSettings = new WeakMap<DhcpSettings, EncodedSettings>()

function encodedOf(settings: DhcpSettings): EncodedSettings {
  const known = encodedSettings.get(settings)
  if (known) return known
  const encoded: EncodedSettings = {
    serverIdentifier: address.encode(settings.serverAddress),
    mask: address.encode(settings.mask),
    leaseTimes: leaseTimes(settings.leaseSeconds),
    network: [...networkOptions(settings)],
  }
  encodedSettings.set(settings, encoded)
  return encoded
}

function networkOptions(settings: DhcpSettings): Map<number, Uint8Array> {
  const { broadcast, routers, dnsServers, domainName } = settings
  const options = new Map<number, Uint8Array>([[optionCode.broadcastAddress, address.encode(broadcast)]])
  if (routers.length) options.set(optionCode.router, addressList.encode(routers))
  if (dnsServers.length) options.set(optionCode.domainNameServer, addressList.encode(dnsServers))
  if (domainName) options.set(optionCode.domainName, text.encode(domainName))
  return options
}

/**
 * The protocol's own options, then those asked for in the order asked for (RFC 2132 §9.8), then the rest. A mask comes
 * before a router (§3.3), and relay agent information at the end (RFC 3046 §2.1).
 */
function inOrder(options: ReadonlyMap<number, Uint8Array>, wanted: readonly number[] = []): Map<number, Uint8Array> {
  const ordered = new Map<number, Uint8Array>()
  const place = (code: number): void => {
    const value = options.get(code)
    if (value && !ordered.has(code)) ordered.set(code, value)
  }
  const isLast = (code: number): boolean => code === optionCode.relayAgentInformation
  for (const code of [optionCode.messageType, optionCode.serverIdentifier, optionCode.leaseTime]) place(code)
  for (const code of wanted) {
    if (code === optionCode.router) place(optionCode.subnetMask)
    if (!isLast(code)) place(code)
  }
  for (const code of options.keys()) if (!isLast(code)) place(code)
  place(optionCode.relayAgentInformation)
  return ordered
}

const ipAndUdpHeaders = 28
/** What every client must take (RFC 2131 §2), headers included. */
const smallestMaximum = 576
/** One Ethernet frame: fragments are lost on PXE ROMs. */
const largestMaximum = 1500

/** A BOOTP client's vendor area has 64 bytes, and it cannot say that it takes more (RFC 951 §3). */
const bootpSize = 300

/** How many bytes of UDP payload the client takes, by option 57. */
export function maximumSizeFor({ options }: DhcpPacket): number {
  if (!options.has(optionCode.messageType)) return bootpSize
  const asked = readOption(options, optionCode.maximumMessageSize, uint16) ?? smallestMaximum
  return Math.min(Math.max(asked, smallestMaximum), largestMaximum) - ipAndUdpHeaders
}
