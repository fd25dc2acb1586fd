import type {
  BootDecisionView,
  BootProfileView,
  BootRuleView,
  RoomView,
  SittingView,
} from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'

/** What a choice of profiles offers, the boot menu last. */
export const profileOptions = (profiles: readonly BootProfileView[]): { value: string; label: string }[] => [
  ...profiles.map(({ id, name, purpose }) => ({
    value: String(id),
    label: t('boot.option', { name, purpose: t(`profilePurpose.${purpose}`) }),
  })),
  { value: 'menu', label: t('boot.menu') },
]

export const profileIdOf = (value: string): number | null => (value === 'menu' ? null : Number(value))

/** Why a machine boots what it boots. */
export function bootReason({ source, once, isMenu, over }: BootDecisionView): string {
  const rule = t(`bootRule.${source}`)
  if (over !== undefined) return t('boot.reason.over', { over, rule })
  if (isMenu) return t('boot.reason.menu', { rule })
  return once ? t('boot.reason.once', { rule }) : rule
}

interface Places {
  rooms: readonly RoomView[]
  sittings: readonly SittingView[]
}

/** What a rule is about. */
export function ruleTarget(rule: BootRuleView, { rooms, sittings }: Places): string {
  switch (rule.scope) {
    case 'machine': {
      const seat = rooms.flatMap(({ seats }) => seats).find(({ mac }) => mac === rule.mac)
      return t('bootScope.machine.of', { mac: rule.mac, seat: seat?.label })
    }
    case 'seat': {
      const room = rooms.find(({ seats }) => seats.some(({ id }) => id === rule.seatId))
      const seat = room?.seats.find(({ id }) => id === rule.seatId)
      return t('bootScope.seat.of', { seat: seat?.label ?? '', room: room?.name ?? '' })
    }
    case 'group': {
      const sitting = sittings.find(({ id }) => id === rule.sittingId)
      return t('bootScope.group.of', { group: rule.group, sitting: sitting?.title ?? '' })
    }
    case 'room':
      return t('bootScope.room.of', { room: rooms.find(({ id }) => id === rule.roomId)?.name ?? '' })
  }
}
