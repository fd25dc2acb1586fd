import CircleAlert from '@lucide/svelte/icons/circle-alert'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import Download from '@lucide/svelte/icons/download'
import GraduationCap from '@lucide/svelte/icons/graduation-cap'
import Power from '@lucide/svelte/icons/power'
import Tag from '@lucide/svelte/icons/tag'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import { groupsByEvent, type AmorceEvent, type EventGroup } from '../../../src/contract/index.ts'
import type { Icon } from '../../components/icons.ts'
import type { Tone } from '../../components/tones.ts'

const groupIcons: Record<EventGroup, Icon> = {
  dhcp: Tag,
  transfer: Download,
  boot: Power,
  exam: GraduationCap,
  trouble: TriangleAlert,
}

/** Only what needs eyes has a colour: trouble, failures, and a machine that is ready. */
export function eventTone(event: AmorceEvent): Tone {
  if (event.type === 'agent.heartbeat' && event.stage === 'ready') return 'green'
  if (event.type === 'service.state' && event.state === 'failed') return 'red'
  if (event.type === 'transfer.end' && event.outcome !== 'complete' && event.outcome !== 'probe') return 'amber'
  return groupsByEvent[event.type].includes('trouble') ? 'amber' : 'neutral'
}

export function eventIcon(event: AmorceEvent): Icon {
  const tone = eventTone(event)
  if (tone === 'green') return CircleCheck
  if (tone === 'red') return CircleAlert
  if (tone === 'amber') return TriangleAlert
  return groupIcons[groupsByEvent[event.type][0] ?? 'exam']
}
