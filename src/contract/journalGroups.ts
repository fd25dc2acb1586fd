import type { EventType } from './events.ts'

/** The filters of the journal: what a technician tells apart. */
export const eventGroups = ['dhcp', 'transfer', 'boot', 'exam', 'trouble'] as const
export type EventGroup = (typeof eventGroups)[number]

const troubles: readonly EventType[] = [
  'dhcp.nak',
  'dhcp.decline',
  'dhcp.silent',
  'dhcp.otherServer',
  'dhcp.malformed',
  'transfer.refused',
  'journal.skipped',
]

/** The groups an event belongs to; an event of trouble also belongs to its protocol's group. */
export const groupsOf = (type: EventType): EventGroup[] => {
  const prefix = type.slice(0, type.indexOf('.'))
  const home: EventGroup =
    prefix === 'dhcp'
      ? 'dhcp'
      : prefix === 'transfer'
        ? 'transfer'
        : prefix === 'boot' || prefix === 'agent'
          ? 'boot'
          : 'exam'
  return troubles.includes(type) ? [home, 'trouble'] : [home]
}
