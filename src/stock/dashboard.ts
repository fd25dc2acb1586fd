import type { Clock } from '../base/index.ts'
import type { AlarmKind, InterventionKind, ItemState, StockAlarm, StockDashboard } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { dayOf, daysFromNow, months, today } from './days.ts'

export interface Dashboards {
  get(): StockDashboard
  /** What wants to be seen to, the urgent first. */
  alarms(): StockAlarm[]
  /** Those that were not told yet, which from now on count as told. One that went and came back is told again. */
  newAlarms(): StockAlarm[]
}

const warrantyDays = 30
const expiryDays = 30
const mostOfAKind = 50
const urgentPriority = 5
const yearMs = 365.25 * 86_400_000

export function createDashboards(database: Database, clock: Clock): Dashboards {
  const query = <Row>(sql: string) => database.prepare<[object], Row>(sql)
  const selectStates = query<{ state: ItemState; count: number }>(
    'SELECT state, count(*) AS count FROM items WHERE removed_at IS NULL GROUP BY state',
  )
  // A walk of one index: a hundred thousand items were bought on some hundred days.
  const selectPurchases = query<{ day: string | null; count: number }>(`
    SELECT purchased_on AS day, count(*) AS count
    FROM items WHERE removed_at IS NULL AND +state NOT IN ('disposed', 'lost') GROUP BY purchased_on`)
  const selectWarranties = query<{ month: string; count: number }>(`
    SELECT substr(warranty_until, 1, 7) AS month, count(*) AS count FROM items
    WHERE removed_at IS NULL AND warranty_until >= @today AND warranty_until < @until
      AND +state NOT IN ('disposed', 'lost') GROUP BY month`)
  const selectConsumption = query<{ month: string; quantity: number }>(
    'SELECT month, sum(quantity) AS quantity FROM consumption WHERE month >= @since GROUP BY month',
  )
  const selectInterventions = query<{ month: string; kind: InterventionKind; count: number }>(`
    SELECT strftime('%Y-%m', opened_at / 1000, 'unixepoch') AS month, kind, count(*) AS count FROM interventions
    WHERE opened_at >= @sinceMs GROUP BY month, kind`)
  const selectOpen = query<{ priority: number; count: number }>(
    'SELECT priority, count(*) AS count FROM interventions WHERE solved_at IS NULL GROUP BY priority ORDER BY priority DESC',
  )

  interface AlarmRow {
    id: number
    name: string
    count: number | null
    day: string | null
  }
  /** Where each kind of alarm comes from, and what it leads to. */
  const alarmSources: Record<AlarmKind, { place: StockAlarm['target']['place']; isUrgent: boolean; sql: string }> = {
    outOfStock: {
      place: 'consumable',
      isUrgent: true,
      sql: `SELECT id, name, 0 AS count, NULL AS day FROM consumables WHERE removed_at IS NULL AND threshold IS NOT NULL
        AND coalesce((SELECT sum(quantity) FROM stock_levels WHERE consumable_id = consumables.id), 0) <= 0`,
    },
    memoryMissing: {
      place: 'item',
      isUrgent: true,
      sql: `SELECT items.id, asset_tag AS name, CAST(reported AS INTEGER) AS count, NULL AS day FROM item_proposals
        JOIN items ON items.id = item_id WHERE field = 'memoryMiB' AND refused_at IS NULL AND removed_at IS NULL
        AND CAST(reported AS INTEGER) < memory_mib`,
    },
    urgentIntervention: {
      place: 'intervention',
      isUrgent: true,
      sql: `SELECT id, title AS name, NULL AS count, NULL AS day FROM interventions
        WHERE solved_at IS NULL AND priority >= ${urgentPriority}`,
    },
    overdueLoan: {
      place: 'loan',
      isUrgent: true,
      sql: `SELECT loans.id, people.name, NULL AS count, due_on AS day FROM loans JOIN people ON people.id = person_id
        WHERE due_on < @today AND EXISTS (SELECT 1 FROM loan_items WHERE loan_id = loans.id AND returned_at IS NULL)`,
    },
    expired: {
      place: 'consumable',
      isUrgent: true,
      sql: `SELECT consumables.id, name, sum(quantity) AS count, min(expires_on) AS day FROM stock_levels
        JOIN consumables ON consumables.id = consumable_id WHERE expires_on <> '' AND quantity > 0
        AND expires_on < @today AND removed_at IS NULL GROUP BY consumables.id`,
    },
    lowStock: {
      place: 'consumable',
      isUrgent: false,
      sql: `SELECT * FROM (SELECT id, name, threshold, NULL AS day,
          coalesce((SELECT sum(quantity) FROM stock_levels WHERE consumable_id = consumables.id), 0) AS count
        FROM consumables WHERE removed_at IS NULL AND threshold IS NOT NULL) WHERE count > 0 AND count <= threshold`,
    },
    expiresSoon: {
      place: 'consumable',
      isUrgent: false,
      sql: `SELECT consumables.id, name, sum(quantity) AS count, min(expires_on) AS day FROM stock_levels
        JOIN consumables ON consumables.id = consumable_id WHERE expires_on <> '' AND quantity > 0
        AND expires_on >= @today AND expires_on < @expiry AND removed_at IS NULL GROUP BY consumables.id`,
    },
    warrantyEnds: {
      place: 'item',
      isUrgent: false,
      sql: `SELECT id, asset_tag AS name, NULL AS count, warranty_until AS day FROM items WHERE removed_at IS NULL
        AND warranty_until >= @today AND warranty_until < @warranty AND +state NOT IN ('disposed', 'lost')`,
    },
  }
  const selectAlarms = Object.entries(alarmSources).map(([kind, source]) => ({
    ...source,
    kind: kind as AlarmKind,
    statement: query<AlarmRow>(`${source.sql} LIMIT ${mostOfAKind}`),
  }))
  const selectTold = database.prepare<[], string>('SELECT alarm FROM told_alarms').pluck()
  const tell = database.prepare<[string, number]>('INSERT OR IGNORE INTO told_alarms (alarm, told_at) VALUES (?, ?)')
  const untell = database.prepare<[string]>('DELETE FROM told_alarms WHERE alarm = ?')

  const alarms = (): StockAlarm[] => {
    const parameters = {
      today: today(clock),
      expiry: daysFromNow(clock, expiryDays),
      warranty: daysFromNow(clock, warrantyDays),
    }
    return selectAlarms.flatMap(({ kind, place, isUrgent, statement }) =>
      statement.all(parameters).map(({ id, name, count, day }) => ({
        key: `${kind} ${place} ${id}`,
        kind,
        details: { name, ...(count === null ? {} : { count }), ...(day === null ? {} : { day }) },
        target: { place, id },
        isUrgent,
      })),
    )
  }

  return {
    get() {
      const past = months(clock, 12)
      const coming = months(clock, -12)
      const since = past[0] ?? ''
      const [year = 1970, month = 1] = since.split('-').map(Number)
      const parameters = {
        today: today(clock),
        until: dayOf(new Date(new Date(clock.now()).getFullYear() + 1, new Date(clock.now()).getMonth(), 1).getTime()),
        since,
        sinceMs: new Date(year, month - 1, 1).getTime(),
      }
      const purchases = selectPurchases.all({})
      const warranties = new Map(selectWarranties.all(parameters).map((row) => [row.month, row.count]))
      const consumption = new Map(selectConsumption.all(parameters).map((row) => [row.month, row.quantity]))
      return {
        states: selectStates.all({}),
        ages: agesOf(purchases, parameters.today),
        unknownAge: purchases.find(({ day }) => day === null)?.count ?? 0,
        warranties: coming.map((name) => ({ month: name, count: warranties.get(name) ?? 0 })),
        consumption: past.map((name) => ({ month: name, quantity: consumption.get(name) ?? 0 })),
        interventions: selectInterventions.all(parameters),
        openInterventions: selectOpen.all({}),
        alarms: alarms(),
      }
    },
    alarms,
    newAlarms: database.transaction(() => {
      const now = alarms()
      const told = new Set(selectTold.all())
      const keys = new Set(now.map(({ key }) => key))
      for (const key of told) if (!keys.has(key)) untell.run(key)
      const fresh = now.filter(({ key }) => !told.has(key))
      for (const { key } of fresh) tell.run(key, clock.now())
      return fresh
    }),
  }
}

/** How many items are of each age in whole years, the newest first; what was bought for later counts as new. */
function agesOf(purchases: readonly { day: string | null; count: number }[], today: string): StockDashboard['ages'] {
  const counts = new Map<number, number>()
  for (const { day, count } of purchases) {
    if (day === null) continue
    const years = Math.max(Math.trunc((Date.parse(today) - Date.parse(day)) / yearMs), 0)
    counts.set(years, (counts.get(years) ?? 0) + count)
  }
  return [...counts].sort(([a], [b]) => a - b).map(([years, count]) => ({ years, count }))
}
