import { CodedError, type Mac } from '../contract/index.ts'
import { broadcastOf, contains, networkOf, parseIpv4 } from '../network/index.ts'
import type { Database } from '../storage/index.ts'
import type { Address } from './address.ts'
import { readMac } from './mac.ts'

/** An address kept for one machine, told by its MAC, by its UUID (option 97), or by either of them. */
export interface Reservation {
  readonly address: Address
  readonly mac?: Mac
  readonly uuid?: string
}

/** The reservations of networks, which are named `192.168.60.0/24`. */
export interface Reservations {
  /** In the order of addresses. */
  list(network: string): Reservation[]
  /**
   * Reserves an address, in place of the one that this machine had.
   * @throws CodedError `input.invalid` with `{ field, reason }`: `address` `outsideNetwork`, `notAHost` or `taken` (by
   *   another machine); `mac` `notAMac`; `uuid` `notAUuid`; `mac` `missing` when it names no machine. Nothing is
   *   changed then.
   */
  set(network: string, reservation: Reservation): void
  /** @returns false when there was none. */
  remove(network: string, address: Address): boolean
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function createReservations(database: Database): Reservations {
  const select = database.prepare<[string], { address: Address; mac: Mac; uuid: string }>(
    'SELECT address, mac, uuid FROM reservations WHERE network = ? ORDER BY address',
  )
  const holder = database.prepare<[string, Address], { mac: Mac; uuid: string }>(
    'SELECT mac, uuid FROM reservations WHERE network = ? AND address = ?',
  )
  const removeMachine = database.prepare<[string, Mac, string]>(
    "DELETE FROM reservations WHERE network = ? AND ((mac <> '' AND mac = ?) OR (uuid <> '' AND uuid = ?))",
  )
  const insert = database.prepare<[string, Address, Mac, string]>(
    'INSERT INTO reservations (network, address, mac, uuid) VALUES (?, ?, ?, ?)',
  )
  const removeAddress = database.prepare<[string, Address]>(
    'DELETE FROM reservations WHERE network = ? AND address = ?',
  )
  const replace = database.transaction((network: string, address: Address, mac: Mac, uuid: string) => {
    removeMachine.run(network, mac, uuid)
    if (holder.get(network, address)) throw invalid('address', 'taken')
    insert.run(network, address, mac, uuid)
  })
  return {
    list: (network) =>
      select.all(network).map(({ address, mac, uuid }) => ({ address, ...(mac && { mac }), ...(uuid && { uuid }) })),
    set(network, reservation) {
      const { address, mac, uuid } = read(network, reservation)
      replace(network, address, mac, uuid)
    },
    remove: (network, address) => removeAddress.run(network, address).changes > 0,
  }
}

function read(network: string, { address, mac, uuid }: Reservation): { address: Address; mac: Mac; uuid: string } {
  const [first = '', length] = network.split('/')
  const [base, prefix] = [parseIpv4(first), Number(length)]
  if (base === undefined || !contains(base, prefix, address)) throw invalid('address', 'outsideNetwork')
  if (address === networkOf(base, prefix) || address === broadcastOf(base, prefix)) throw invalid('address', 'notAHost')
  if (!mac && !uuid) throw invalid('mac', 'missing')
  const readMacText = mac ? readMac(mac) : ''
  if (readMacText === undefined) throw invalid('mac', 'notAMac')
  const readUuid = (uuid ?? '').toLowerCase()
  if (readUuid && !uuidPattern.test(readUuid)) throw invalid('uuid', 'notAUuid')
  return { address, mac: readMacText, uuid: readUuid }
}

const invalid = (field: string, reason: string): CodedError =>
  new CodedError('input.invalid', `reservation: ${field}: ${reason}`, { field, reason })
