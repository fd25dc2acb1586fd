import type { Address } from './address.ts'
import { messageType, optionCode, relayAgentCode } from './options/codes.ts'
import { address as addressShape, uint8 } from './options/integer.ts'
import { readOption } from './options/shape.ts'
import { suboptions } from './options/suboptions.ts'
import type { DhcpPacket } from './packet.ts'

/** What the relay agent says, in option 82. */
export interface RelayWord {
  /** RFC 3527 */
  link?: Address
  /** RFC 5107 */
  serverIdentifier?: Address
}

/** Taken from relay agents only: without `giaddr`, option 82 is a client's invention (RFC 3046 §2.1). */
export function relayWordOf({ giaddr, options }: DhcpPacket): RelayWord {
  const said = giaddr === 0 ? undefined : readOption(options, optionCode.relayAgentInformation, suboptions)
  if (!said) return {}
  return {
    link: readOption(said, relayAgentCode.linkSelection, addressShape),
    serverIdentifier: readOption(said, relayAgentCode.serverIdentifierOverride, addressShape),
  }
}

/**
 * An address of the network that the client is on; 0: our own. In this order: what the relay agent says (RFC 3527),
 * what the client says through it (RFC 3011), the relay agent's own address (RFC 2131 §4.3.1), and, from a client
 * that renews its lease straight with us, the address that it has.
 */
export function linkOf(packet: DhcpPacket): Address {
  const { giaddr, ciaddr, options } = packet
  if (giaddr !== 0)
    return relayWordOf(packet).link ?? readOption(options, optionCode.subnetSelection, addressShape) ?? giaddr
  const hasAddress = readOption(options, optionCode.messageType, uint8) !== messageType.discover
  return hasAddress ? ciaddr : 0
}

/** The network that a client on this link is served from; our own, the first, when it is on none that we know. */
export function networkFor<Served extends { settings: { network: Address; mask: Address } }>(
  link: Address,
  networks: readonly [Served, ...Served[]],
): Served {
  return networks.find(({ settings: { network, mask } }) => (link & mask) >>> 0 === network) ?? networks[0]
}
