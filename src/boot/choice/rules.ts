import type { Clock } from '../../base/index.ts'
import {
  CodedError,
  type BootRuleInput,
  type BootRuleTarget,
  type BootRuleView,
  type Mac,
} from '../../contract/index.ts'
import { readUntilWritten, type Database } from '../../storage/index.ts'

/** Where a machine stands, as far as that is known. */
export interface MachinePlace {
  mac: Mac
  seatId?: number
  roomId?: number
  sittingId?: number
  group?: string
}

/** The rules that say what machines boot. */
export interface BootRules {
  /** The most particular first. */
  list(): BootRuleView[]
  /**
   * In place of the one of that target for as many boots; uses begin anew.
   * @throws CodedError `boot.profileNotFound`, `seat.notFound`, `room.notFound`, `sitting.notFound`
   */
  set(rule: BootRuleInput): void
  /** The rule of a target for as many boots. */
  of(target: BootRuleTarget, once: boolean): BootRuleView | undefined
  /** Removing one that is gone is harmless. */
  remove(id: number): void
  /** Those that are about a machine; one for one boot only while that boot is still to come. */
  about(place: MachinePlace): BootRuleView[]
  /** A rule for one boot gave this machine that boot. */
  use(id: number, mac: Mac): void
  /** Takes rules for one boot away once nobody is left to follow them. */
  tidy(): void
}

interface RuleRow {
  id: number
  scope: BootRuleView['scope']
  mac: string | null
  seat_id: number | null
  sitting_id: number | null
  group_: string | null
  room_id: number | null
  profile_id: number | null
  once: number
  created_at: number
  uses: number
}

export function createBootRules(database: Database, clock: Clock): BootRules {
  const select = `
    SELECT boot_rules.*, (SELECT count(*) FROM boot_rule_uses WHERE rule_id = boot_rules.id) AS uses FROM boot_rules`
  const byScope = `ORDER BY instr('machine seat group room', scope), once DESC, id`
  const selectAll = database.prepare<[], RuleRow>(`${select} ${byScope}`)
  const selectAbout = database.prepare<[Record<string, unknown>], RuleRow>(`
    ${select}
    WHERE (mac = @mac OR seat_id = @seatId OR room_id = @roomId OR (sitting_id = @sittingId AND group_ = @group))
      AND NOT (once = 1 AND EXISTS (SELECT 1 FROM boot_rule_uses WHERE rule_id = boot_rules.id AND mac = @mac))
    ${byScope}`)
  const selectAny = database.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM boot_rules)').pluck()
  const selectOne = database.prepare<[number], RuleRow>(`${select} WHERE id = ?`)
  const isSame = `scope = @scope AND once = @once AND mac IS @mac AND seat_id IS @seatId
    AND sitting_id IS @sittingId AND group_ IS @group AND room_id IS @roomId`
  const selectSame = database.prepare<[Record<string, unknown>], RuleRow>(`${select} WHERE ${isSame}`)
  const deleteSame = database.prepare(`DELETE FROM boot_rules WHERE ${isSame}`)
  const insert = database.prepare(`
    INSERT INTO boot_rules (scope, mac, seat_id, sitting_id, group_, room_id, profile_id, once, created_at)
    VALUES (@scope, @mac, @seatId, @sittingId, @group, @roomId, @profileId, @once, @at)`)
  const deleteOne = database.prepare<[number]>('DELETE FROM boot_rules WHERE id = ?')
  const insertUse = database.prepare('INSERT OR IGNORE INTO boot_rule_uses (rule_id, mac, at) VALUES (?, ?, ?)')
  const deleteFollowed = database.prepare(`
    DELETE FROM boot_rules WHERE once = 1 AND scope IN ('machine', 'seat')
      AND EXISTS (SELECT 1 FROM boot_rule_uses WHERE rule_id = boot_rules.id)`)
  const isThere = {
    seat: database.prepare<[number], number>('SELECT 1 FROM seats WHERE id = ?').pluck(),
    room: database.prepare<[number], number>('SELECT 1 FROM rooms WHERE id = ?').pluck(),
    sitting: database.prepare<[number], number>('SELECT 1 FROM sittings WHERE id = ?').pluck(),
    profile: database.prepare<[number], number>('SELECT 1 FROM boot_profiles WHERE id = ?').pluck(),
  }

  /** Most rooms have none, and every heartbeat asks. */
  const hasAny = readUntilWritten(database, () => selectAny.get() === 1)

  const mustBeThere = (what: keyof typeof isThere, id: number): void => {
    if (isThere[what].get(id)) return
    const code = what === 'profile' ? 'boot.profileNotFound' : (`${what}.notFound` as const)
    throw new CodedError(code, `no ${what} ${id}`, { id })
  }

  const mustExist = (target: BootRuleTarget): void => {
    if (target.scope === 'seat') mustBeThere('seat', target.seatId)
    else if (target.scope === 'group') mustBeThere('sitting', target.sittingId)
    else if (target.scope === 'room') mustBeThere('room', target.roomId)
  }

  return {
    list: () => selectAll.all().map(fromRow),
    set: database.transaction(({ target, profileId, once }: BootRuleInput) => {
      mustExist(target)
      if (profileId !== null) mustBeThere('profile', profileId)
      const row = { ...columnsOf(target), profileId, once: once ? 1 : 0, at: clock.now() }
      deleteSame.run(row)
      insert.run(row)
    }),
    of(target, once) {
      const row = selectSame.get({ ...columnsOf(target), once: once ? 1 : 0 })
      return row && fromRow(row)
    },
    remove: (id) => void deleteOne.run(id),
    about: ({ mac, seatId = null, roomId = null, sittingId = null, group = null }) =>
      hasAny() ? selectAbout.all({ mac, seatId, roomId, sittingId, group }).map(fromRow) : [],
    use(id, mac) {
      if (selectOne.get(id)) insertUse.run(id, mac, clock.now())
    },
    tidy: () => void deleteFollowed.run(),
  }
}

const columnsOf = (target: BootRuleTarget): Record<string, unknown> => ({
  ...{ mac: null, seatId: null, sittingId: null, group: null, roomId: null },
  ...target,
})

function fromRow(row: RuleRow): BootRuleView {
  return {
    ...targetOf(row),
    id: row.id,
    ...(row.profile_id !== null && { profileId: row.profile_id }),
    once: row.once === 1,
    uses: row.uses,
    createdAt: row.created_at,
  }
}

/** The schema's checks hold what each scope needs. */
function targetOf({ scope, mac, seat_id, sitting_id, group_, room_id }: RuleRow): BootRuleTarget {
  switch (scope) {
    case 'machine':
      return { scope, mac: mac! }
    case 'seat':
      return { scope, seatId: seat_id! }
    case 'group':
      return { scope, sittingId: sitting_id!, group: group_! }
    case 'room':
      return { scope, roomId: room_id! }
  }
}
