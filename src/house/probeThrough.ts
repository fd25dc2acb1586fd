import type { Clock } from '../base/index.ts'
import { CodedError, type NicView } from '../contract/index.ts'
import type { OtherServer } from '../diagnosis/index.ts'
import { listNics, readVendorRegistry, suitableAddress } from '../network/index.ts'
import { otherServersOn } from './venue.ts'

/**
 * Asks a NIC's segment for DHCP servers other than this computer, without serving anything.
 * @param name the NIC; when there is only one that could be meant, it need not be said
 * @param networkCardsFile IEEE's registry of cards, as the house has it
 * @throws CodedError `nic.notFound`, `exam.noNic` when several could be meant, and what opening the client port throws
 */
export async function probeThrough(
  name: string | undefined,
  clock: Clock,
  networkCardsFile?: string,
): Promise<{ nic: string; servers: OtherServer[] }> {
  const nic = chosenNic(await listNics(), name)
  // One without an address can ask all the same: no server has this one.
  const address = suitableAddress(nic)?.address ?? '0.0.0.0'
  const vendors = await readVendorRegistry(networkCardsFile)
  return { nic: nic.name, servers: await otherServersOn({ nic: nic.name, mac: nic.mac, address }, clock, vendors) }
}

function chosenNic(nics: readonly NicView[], name: string | undefined): NicView {
  const candidates = nics.filter((nic) => (name === undefined ? nic.link === 'up' : nic.name === name))
  const [nic, ...others] = candidates
  if (nic && others.length === 0) return nic
  if (name !== undefined) throw new CodedError('nic.notFound', `there is no NIC ${name}`, { nic: name })
  const names = candidates.map((each) => each.name).join(', ')
  throw new CodedError('exam.noNic', names === '' ? 'no NIC is up' : `which NIC is meant: ${names}?`, {})
}
