import type { DhcpEvent, Ipv4 } from '../contract/index.ts'
import { formatIpv4, parseIpv4 } from '../network/index.ts'
import type { Address } from './address.ts'
import type { BootAnswer, BootDecider } from './bootDecider.ts'
import { clientFactsOf, type ReadClientFacts } from './clientFacts.ts'
import { identityOf } from './identity.ts'
import { messageType, optionCode } from './options/codes.ts'
import { address as addressShape, uint8 } from './options/integer.ts'
import { readOption } from './options/shape.ts'
import { suboptions } from './options/suboptions.ts'
import { text } from './options/text.ts'
import { bootReply, bootRequest, type DhcpPacket } from './packet.ts'
import { maximumSizeFor } from './reply.ts'

/** Where boot servers are asked once an address is known (PXE 2.1 §2.2.2). */
export const bootServerPort = 4011

export interface ProxyContext {
  serverAddress: Address
  bootDecider: BootDecider
  /** May this machine be told what to boot? */
  mayBoot(mac: string, uuid?: string): boolean
}

export interface ProxyDecision {
  events: DhcpEvent[]
  reply?: {
    packet: DhcpPacket
    maxSize: number
    /** A relay agent, at the server port; all clients, at theirs; or whoever asked, where it asked from. */
    to: { relay: Address } | 'everyone' | 'sender'
    event: DhcpEvent
  }
  /** Not a message that a client may send: why. Nothing else is set then. */
  malformed?: 'badOperation' | 'badHardwareAddress'
}

const nothingToSay: ProxyDecision = { events: [] }
/** Suboption 6 of option 43, PXE_DISCOVERY_CONTROL; bit 3: use the boot file of this packet, look for no other server. */
const discoveryControl = 6
const useGivenBootFile = 8
const vendorOptionsEnd = Uint8Array.of(255)
const fileFieldSize = 128

/**
 * What a proxyDHCP service (PXE 2.1 §2.2) does with one message: it says what to boot beside a DHCP server that gives
 * the addresses. It gives none itself, and never says no. Pure.
 *
 * @param port that the message came to: the server port, or `bootServerPort`
 * @param now milliseconds since the Unix epoch
 */
export function proxyDecide(
  packet: DhcpPacket,
  port: 'server' | 'bootServer',
  context: ProxyContext,
  now: number,
): ProxyDecision {
  if (packet.op !== bootRequest) return { events: [], malformed: 'badOperation' }
  const client = identityOf(packet)
  if (!client) return { events: [], malformed: 'badHardwareAddress' }
  const facts = clientFactsOf(packet)
  if (!isNetworkBoot(facts)) return nothingToSay
  const { mac } = client
  const { ipxeFeatures: _, ...shown } = facts
  const type = readOption(packet.options, optionCode.messageType, uint8)

  if (port === 'server' && type === messageType.request) return chosen()
  const isAsked = port === 'server' ? type === messageType.discover : type === messageType.request || type === inform
  if (!isAsked) return nothingToSay

  const heard: DhcpEvent[] = port === 'server' ? [{ at: now, type: 'dhcp.discover', mac, client: shown }] : []
  if (!context.mayBoot(mac, client.uuid))
    return { events: [...heard, { at: now, type: 'dhcp.silent', mac, reason: 'policy', policy: 'unknown' }] }
  const boot = context.bootDecider({ ...facts, mac })
  if (!boot) return { events: heard }
  const isOffer = port === 'server'
  const address = isOffer || packet.ciaddr === 0 ? undefined : formatIpv4(packet.ciaddr)
  return {
    events: heard,
    reply: {
      packet: proxyReply(packet, isOffer ? messageType.offer : messageType.ack, boot, context.serverAddress),
      maxSize: maximumSizeFor(packet),
      to: isOffer ? (packet.giaddr === 0 ? 'everyone' : { relay: packet.giaddr }) : 'sender',
      event: proxyEvent(isOffer ? 'offer' : 'ack', boot, address),
    },
  }

  /** It takes an address from a server of the network: the only way to learn which machine has it. */
  function chosen(): ProxyDecision {
    const requested = readOption(packet.options, optionCode.requestedAddress, addressShape)
    const address = requested ?? packet.ciaddr
    if (address === 0) return nothingToSay
    return { events: [proxyEvent('address', undefined, formatIpv4(address))] }
  }

  function proxyEvent(step: 'offer' | 'address' | 'ack', boot?: BootAnswer, address?: Ipv4): DhcpEvent {
    return {
      at: now,
      type: 'dhcp.proxy',
      mac,
      step,
      ...(address !== undefined && { address }),
      ...(boot && { bootFile: boot.bootFile, firmwareRow: boot.firmwareRow }),
      client: shown,
    }
  }
}

const inform = messageType.inform

/** Option 60 of a PXE ROM, an iPXE or a UEFI HTTP boot. Anything else on the network is none of our business. */
const isNetworkBoot = ({ vendorClass = '' }: ReadClientFacts): boolean => /^(PXE|HTTP)Client/.test(vendorClass)

function proxyReply(request: DhcpPacket, type: number, boot: BootAnswer, serverAddress: Address): DhcpPacket {
  const bootFile = text.encode(boot.bootFile)
  const options = new Map<number, Uint8Array>([
    [optionCode.messageType, uint8.encode(type)],
    [optionCode.serverIdentifier, addressShape.encode(serverAddress)],
    [optionCode.vendorClassIdentifier, text.encode(boot.vendorClass ?? 'PXEClient')],
  ])
  // UEFI HTTP boot reads none of it (HttpBootDhcp4.c); a PXE ROM without it goes looking for other boot servers.
  if (!boot.vendorClass) options.set(optionCode.vendorSpecific, vendorOptions(request))
  options.set(optionCode.tftpServerName, text.encode(boot.nextServer))
  options.set(optionCode.bootFileName, bootFile)
  for (const code of [optionCode.clientUuid, optionCode.clientIdentifier, optionCode.relayAgentInformation]) {
    const value = request.options.get(code)
    if (value) options.set(code, value)
  }
  return {
    op: bootReply,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: request.flags,
    ciaddr: type === messageType.ack ? request.ciaddr : 0,
    yiaddr: 0,
    siaddr: parseIpv4(boot.nextServer) ?? 0,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: new Uint8Array(0),
    // The field ends with a NUL; what is longer is in option 67 alone.
    file: bootFile.length < fileFieldSize ? bootFile : new Uint8Array(0),
    options,
  }
}

/** PXE_BOOT_ITEM: the boot server type and layer that a client asks for, which its answer must name (PXE 2.1 §2.4.1). */
const bootItem = 71

function vendorOptions({ options }: DhcpPacket): Uint8Array {
  const said = new Map([[discoveryControl, uint8.encode(useGivenBootFile)]])
  const item = readOption(options, optionCode.vendorSpecific, suboptions)?.get(bootItem)
  if (item?.length === 4) said.set(bootItem, item)
  return Uint8Array.from([...suboptions.encode(said), ...vendorOptionsEnd])
}
