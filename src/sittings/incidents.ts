import type { Clock, Unsubscribe } from '../base/index.ts'
import { CodedError, type IncidentKind, type IncidentSeverity, type IncidentView, type Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createSittingJournal } from './chain.ts'

export interface NewIncident {
  kind: IncidentKind
  severity: IncidentSeverity
  text?: string
  mac?: Mac
  sittingId?: number
  seatId?: number
  candidateId?: number
  itemId?: number
  /** Who wrote it; nobody when it was seen. */
  who?: string
}

export interface Incidents {
  /** Newest first, at most 500, of sittings that are not archived and of none. */
  list(): IncidentView[]
  /** Oldest first. */
  ofSitting(sittingId: number): IncidentView[]
  /** The same of the same machine, and of the same thing plugged in, within a minute is one, and who is there at all is told once: undefined then. */
  add(incident: NewIncident): IncidentView | undefined
  /** @throws CodedError `incident.notFound` */
  get(id: number): IncidentView
  /** It became this intervention. @throws CodedError `incident.notFound` */
  linkTo(id: number, interventionId: number, who: string): IncidentView
  /** @throws CodedError `incident.notFound` */
  acknowledge(id: number, comment: string, who: string): IncidentView
  onChange(listener: () => void): Unsubscribe
}

/** A cable that is loose makes the same incident many times over. */
const sameWithinMs = 60_000
/** Two things plugged in one after the other are two incidents, each named by its text. */
const ofAThing: ReadonlySet<IncidentKind> = new Set(['usbPlugged', 'inputPlugged', 'secondNetwork'])
/** That somebody is there who should not be is one incident of a sitting, however often they speak. */
const onceInASitting: ReadonlySet<IncidentKind> = new Set(['foreignMachine', 'otherDhcpServer'])

interface IncidentRow {
  id: number
  sitting_id: number | null
  at: number
  kind: IncidentKind
  severity: IncidentSeverity
  text: string
  mac: string | null
  seat_id: number | null
  label: string | null
  candidate_id: number | null
  item_id: number | null
  intervention_id: number | null
  acknowledged_at: number | null
  comment: string
}

export function createIncidents(database: Database, clock: Clock): Incidents {
  const journal = createSittingJournal(database)
  const from = 'SELECT incidents.*, seats.label FROM incidents LEFT JOIN seats ON seats.id = incidents.seat_id'
  const selectOpen = database.prepare<[], IncidentRow>(`
    ${from} LEFT JOIN sittings ON sittings.id = incidents.sitting_id
    WHERE sittings.id IS NULL OR sittings.state <> 'archived' ORDER BY incidents.id DESC LIMIT 500`)
  const selectOfSitting = database.prepare<[number], IncidentRow>(
    `${from} WHERE incidents.sitting_id = ? ORDER BY incidents.id`,
  )
  const selectOne = database.prepare<[number], IncidentRow>(`${from} WHERE incidents.id = ?`)
  const selectSame = database
    .prepare<[string, string, number | null, number, string | null], number>(
      `SELECT 1 FROM incidents
       WHERE kind = ? AND mac = ? AND sitting_id IS ? AND at > ? AND text = coalesce(?, text) LIMIT 1`,
    )
    .pluck()
  const selectKnown = database
    .prepare<[string, number | null, string | null, string], number>(
      `SELECT 1 FROM incidents
       WHERE kind = ? AND sitting_id IS ? AND mac IS ? AND (mac IS NOT NULL OR text = ?) LIMIT 1`,
    )
    .pluck()
  const insert = database.prepare(`
    INSERT INTO incidents (sitting_id, at, kind, severity, text, mac, seat_id, candidate_id, item_id)
    VALUES (@sittingId, @at, @kind, @severity, @text, @mac, @seatId, @candidateId, @itemId)`)
  const setAcknowledged = database.prepare<[number, string, number]>(
    'UPDATE incidents SET acknowledged_at = ?, comment = ? WHERE id = ?',
  )

  const setIntervention = database.prepare<[number, number]>('UPDATE incidents SET intervention_id = ? WHERE id = ?')

  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const get = (id: number): IncidentView => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('incident.notFound', `no incident ${id}`, { id })
    return incidentView(row)
  }

  return {
    list: () => selectOpen.all().map(incidentView),
    ofSitting: (sittingId) => selectOfSitting.all(sittingId).map(incidentView),
    add({ kind, severity, text = '', mac, sittingId, seatId, candidateId, itemId, who = '' }) {
      const at = clock.now()
      const isSame = onceInASitting.has(kind)
        ? selectKnown.get(kind, sittingId ?? null, mac ?? null, text)
        : kind !== 'byHand' &&
          mac !== undefined &&
          selectSame.get(kind, mac, sittingId ?? null, at - sameWithinMs, ofAThing.has(kind) ? text : null)
      if (isSame) return undefined
      const id = database.transaction(() => {
        const values = { at, kind, severity, text, mac: mac ?? null, itemId: itemId ?? null }
        const places = { sittingId: sittingId ?? null, seatId: seatId ?? null, candidateId: candidateId ?? null }
        const added = Number(insert.run({ ...values, ...places }).lastInsertRowid)
        if (sittingId !== undefined)
          journal.add(sittingId, {
            at,
            who,
            action: 'incident',
            details: {
              incidentId: added,
              kind,
              severity,
              ...(mac !== undefined && { mac }),
              ...(candidateId !== undefined && { candidateId }),
            },
            ...(text !== '' && { text }),
          })
        return added
      })()
      changed()
      return get(id)
    },
    get,
    linkTo(id, interventionId, who) {
      const { sittingId } = get(id)
      database.transaction(() => {
        setIntervention.run(interventionId, id)
        if (sittingId !== undefined)
          journal.add(sittingId, {
            at: clock.now(),
            who,
            action: 'intervention',
            details: { incidentId: id, interventionId },
          })
      })()
      changed()
      return get(id)
    },
    acknowledge(id, comment, who) {
      const { sittingId } = get(id)
      const at = clock.now()
      database.transaction(() => {
        setAcknowledged.run(at, comment, id)
        if (sittingId !== undefined)
          journal.add(sittingId, {
            at,
            who,
            action: 'acknowledge',
            details: { incidentId: id },
            ...(comment !== '' && { text: comment }),
          })
      })()
      changed()
      return get(id)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const incidentView = (row: IncidentRow): IncidentView => ({
  id: row.id,
  sittingId: row.sitting_id ?? undefined,
  at: row.at,
  kind: row.kind,
  severity: row.severity,
  text: row.text,
  mac: row.mac ?? undefined,
  seatId: row.seat_id ?? undefined,
  seatLabel: row.label ?? undefined,
  candidateId: row.candidate_id ?? undefined,
  itemId: row.item_id ?? undefined,
  interventionId: row.intervention_id ?? undefined,
  acknowledgedAt: row.acknowledged_at ?? undefined,
  comment: row.comment,
})
