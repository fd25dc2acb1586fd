import type { Mac } from '../contract/index.ts'
import type { Address } from './address.ts'
import type { DhcpSettings } from './config.ts'
import { identityOf, type ClientIdentity } from './identity.ts'
import type { LeaseReader } from './leases.ts'
import { linkOf, networkFor } from './link.ts'
import type { DhcpPacket } from './packet.ts'

/**
 * What a machine may have: `known` and `stranger` are served, `quarantined` gets an address apart and no boot file,
 * `unknown` and `denied` get nothing.
 */
export type Access = 'known' | 'stranger' | 'quarantined' | 'unknown' | 'denied'

/** Is it a machine of ours? By its MAC, or by the UUID of option 97 where it ever said one. */
export type IsKnown = (mac: Mac, uuid?: string) => boolean

interface Served {
  settings: DhcpSettings
  table: LeaseReader
  /** The range of the same network for machines that nobody knows. */
  quarantine?: this
}

/** From where a message is to be answered, and what its sender may have. */
export interface Placement<Network> {
  network: Network
  access: Access
  client?: ClientIdentity
}

/**
 * The network that the sender is on, or the quarantine of that network.
 * @returns with access `denied` for a message that names no machine: `decide` says what is wrong with it
 */
export function placementOf<Network extends Served & { settings: { network: Address; mask: Address } }>(
  packet: DhcpPacket,
  networks: readonly [Network, ...Network[]],
  isKnown: IsKnown,
): Placement<Network> {
  const network = networkFor(linkOf(packet), networks)
  const said = identityOf(packet)
  if (!said) return { network, access: 'denied' }
  const client = withUuid(said, network.table)
  const access = accessOf(client, network, isKnown)
  return access === 'quarantined' && network.quarantine
    ? { network: network.quarantine, access, client }
    : { network, access, client }
}

/** The deny list comes first; what is on the allow list, in the stock or in a reservation is known. */
function accessOf(client: ClientIdentity, { settings, table, quarantine }: Served, isKnown: IsKnown): Access {
  if (settings.deny.has(client.mac)) return 'denied'
  const isOurs =
    settings.allow.has(client.mac) || table.reservedFor(client) !== undefined || isKnown(client.mac, client.uuid)
  if (isOurs) return 'known'
  switch (settings.unknownMachines) {
    case 'serve':
      return 'stranger'
    case 'quarantine':
      return quarantine ? 'quarantined' : 'unknown'
    case 'ignore':
      return 'unknown'
  }
}

/** Firmware says its UUID, and the systems that it starts do not: what it said then holds as long as its lease. */
export const withUuid = (client: ClientIdentity, table: LeaseReader): ClientIdentity =>
  withKnownUuid(client, client.uuid ?? table.leaseOf(client.key)?.uuid)

const withKnownUuid = (client: ClientIdentity, uuid: string | undefined): ClientIdentity =>
  uuid === client.uuid ? client : { ...client, uuid }
