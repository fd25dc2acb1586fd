import Ban from '@lucide/svelte/icons/ban'
import LogOut from '@lucide/svelte/icons/log-out'
import Pin from '@lucide/svelte/icons/pin'
import Tag from '@lucide/svelte/icons/tag'
import TicketCheck from '@lucide/svelte/icons/ticket-check'
import TimerOff from '@lucide/svelte/icons/timer-off'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import type { LeaseView, LeaseViewState, PoolState } from '../../../src/contract/index.ts'
import type { Icon } from '../../components/icons.ts'
import type { Tone } from '../../components/tones.ts'
import { tailName } from '../../messages/sentences.ts'
import { t } from '../../messages/words.svelte.ts'

export const leaseIcons: Record<LeaseViewState, Icon> = {
  offered: Tag,
  leased: TicketCheck,
  reserved: Pin,
  declined: Ban,
  conflict: TriangleAlert,
  released: LogOut,
  expired: TimerOff,
}

export const leaseTones: Record<LeaseViewState, Tone> = {
  offered: 'blue',
  leased: 'green',
  reserved: 'violet',
  declined: 'red',
  conflict: 'red',
  released: 'neutral',
  expired: 'neutral',
}

export const poolTones: Record<PoolState, Tone> = {
  free: 'neutral',
  offered: 'blue',
  leased: 'green',
  reserved: 'violet',
  declined: 'red',
  excluded: 'neutral',
}

/** Named as a machine is; by its UUID when nothing else is known of it. */
export function leaseName({ item, hostName, mac, uuid }: LeaseView): string {
  const name = item?.assetTag || hostName
  if (name) return name
  if (mac) return tailName(mac)
  return uuid ? t('pool.byUuid', { uuid }) : t('common.none')
}

export const canReserve = ({ isReserved, mac, uuid }: LeaseView): boolean => isReserved || Boolean(mac ?? uuid)

/** Does it keep its address from other machines, so that it could be freed? */
export const canFree = ({ state }: LeaseView): boolean =>
  state === 'leased' || state === 'declined' || state === 'conflict'
