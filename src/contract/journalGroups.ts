import type { EventType } from './events.ts'

/** The filters of the journal: what a technician tells apart. */
export const eventGroups = ['dhcp', 'transfer', 'boot', 'exam', 'trouble'] as const
export type EventGroup = (typeof eventGroups)[number]

/** The groups each kind of event is found under; one that is a sign of trouble is under its protocol too. */
export const groupsByEvent: Record<EventType, readonly EventGroup[]> = {
  'dhcp.discover': ['dhcp'],
  'dhcp.offer': ['dhcp'],
  'dhcp.request': ['dhcp'],
  'dhcp.ack': ['dhcp'],
  'dhcp.nak': ['dhcp', 'trouble'],
  'dhcp.release': ['dhcp'],
  'dhcp.decline': ['dhcp', 'trouble'],
  'dhcp.conflict': ['dhcp', 'trouble'],
  'dhcp.limited': ['dhcp', 'trouble'],
  'dhcp.inform': ['dhcp'],
  'dhcp.silent': ['dhcp', 'trouble'],
  'dhcp.otherServer': ['dhcp', 'trouble'],
  'dhcp.proxy': ['dhcp'],
  'dhcp.malformed': ['dhcp', 'trouble'],
  'transfer.start': ['transfer'],
  'transfer.progress': ['transfer'],
  'transfer.end': ['transfer'],
  'transfer.refused': ['transfer', 'trouble'],
  'work.received': ['exam'],
  'boot.script': ['boot'],
  'boot.report': ['boot'],
  'agent.heartbeat': ['boot'],
  'packet.unheard': ['dhcp', 'trouble'],
  'machine.asked': ['boot', 'trouble'],
  'machine.woken': ['boot'],
  'agent.task': ['boot'],
  'agent.incident': ['boot', 'trouble'],
  'service.state': ['exam'],
  'exam.started': ['exam'],
  'exam.stopped': ['exam'],
  'exam.resumed': ['exam'],
  'nic.changed': ['exam'],
  'pin.changed': ['exam'],
  'pin.unlocked': ['exam'],
  'pin.refused': ['exam', 'trouble'],
  'journal.skipped': ['trouble'],
}

export const eventTypes = Object.keys(groupsByEvent) as EventType[]
