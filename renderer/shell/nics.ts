import type { NicView } from '../../src/contract/index.ts'
import { compareNames, formatLinkSpeed } from '../messages/format.ts'
import { t } from '../messages/words.svelte.ts'

/** Machines of a room can be at the other end of these; the rest is listed, and marked. */
export const isSuitable = ({ kind }: NicView): boolean =>
  kind === 'ethernet' || kind === 'bridge' || kind === 'simulated'

/** The likely ones first: Ethernet with a link, Ethernet without, then the others. */
export const compareNics = (a: NicView, b: NicView): number => rank(a) - rank(b) || compareNames(a.name, b.name)

const rank = (nic: NicView): number => (isSuitable(nic) ? 0 : 2) + (nic.link === 'up' ? 0 : 1)

/** Address, link and speed on one line. */
export function nicFacts(nic: NicView | undefined, address?: string): string {
  const own = nic?.addresses.map((each) => `${each.address}/${each.prefix}`).join(', ')
  const facts = [address ?? (own || t('nic.noAddress'))]
  if (nic) {
    if (nic.link === 'up' && nic.speedMbps) facts.push(formatLinkSpeed(nic.speedMbps))
    else facts.push(t(`nic.link.${nic.link}`))
    if (nic.duplex === 'half') facts.push(t('nic.duplex.half'))
  }
  return facts.join(' · ')
}
