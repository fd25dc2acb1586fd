import type { Clock } from '../base/index.ts'
import type { Language, SittingView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createSittingJournal } from './chain.ts'
import type { Sittings } from './sittings.ts'

export interface SittingClockDeps {
  database: Database
  clock: Clock
  sittings: Sittings
  /** Those whose clock runs or stands. */
  held(): readonly SittingView[]
  /** Of what candidates read. */
  language(): Language
  /** The time of some is up: their work is asked for. */
  onTimeUp(sitting: SittingView): void
  /** It was closed because its time, and what was granted after it, had passed. */
  onClosed(sitting: SittingView): void
}

const words: Record<Language, { left(minutes: number): string; timeUp: string }> = {
  fr: {
    left: (minutes) => (minutes === 1 ? 'Il reste une minute.' : `Il reste ${minutes} minutes.`),
    timeUp: 'Le temps est écoulé : enregistrez et rendez votre travail.',
  },
  en: {
    left: (minutes) => (minutes === 1 ? 'One minute left.' : `${minutes} minutes left.`),
    timeUp: 'The time is up: save and hand in your work.',
  },
}

const minuteMs = 60_000

/**
 * What the time brings to the sittings that are held: each candidate is warned before their own end, asked for the work at
 * it, and the sitting closed after the last. What was done is written down with it, so that a console that was killed does
 * none of it twice. Call the function that it returns about once a second.
 */
export function createSittingClock(deps: SittingClockDeps): () => void {
  const { database, clock, sittings, held, language, onTimeUp, onClosed } = deps
  const journal = createSittingJournal(database)
  const setWarned = database.prepare<[number, number]>('UPDATE candidates SET warned_minutes = ? WHERE id = ?')
  const setEnded = database.prepare<[number, number]>('UPDATE candidates SET ended_at = ? WHERE id = ?')
  const selectState = database.prepare<
    [number],
    { id: number; warned_minutes: number | null; ended_at: number | null }
  >('SELECT id, warned_minutes, ended_at FROM candidates WHERE sitting_id = ?')

  const look = (sitting: SittingView, now: number): void => {
    const said = new Map(selectState.all(sitting.id).map((row) => [row.id, row]))
    const present = sitting.candidates.filter(({ presence }) => presence !== 'absent' && presence !== 'left')
    const toWarn = new Map<string, { ids: number[]; warning: number; text: string }>()
    const ended: number[] = []
    for (const { id, endsAt = Infinity, extraMinutes } of present) {
      const left = endsAt - now
      const { warned_minutes: warned = null, ended_at: endedAt = null } = said.get(id) ?? {}
      if (left <= 0) {
        if (endedAt === null) ended.push(id)
        continue
      }
      // One that is as long as the whole time says nothing.
      const due = sitting.warnings.filter(
        (minutes) => left <= minutes * minuteMs && minutes < sitting.durationMinutes + extraMinutes,
      )
      const warning = Math.min(...due)
      if (due.length === 0 || (warned !== null && warned <= warning)) continue
      const text = words[language()].left(Math.ceil(left / minuteMs))
      const group = toWarn.get(text) ?? { ids: [], warning, text }
      group.ids.push(id)
      toWarn.set(text, group)
    }
    for (const { ids, warning, text } of toWarn.values())
      database.transaction(() => {
        sittings.order(sitting.id, ids, { kind: 'message', text }, '')
        for (const id of ids) setWarned.run(warning, id)
      })()
    if (ended.length > 0) {
      database.transaction(() => {
        sittings.order(sitting.id, ended, { kind: 'message', text: words[language()].timeUp }, '')
        for (const id of ended) setEnded.run(now, id)
        journal.add(sitting.id, { at: now, who: '', action: 'timeUp', details: { count: ended.length } })
      })()
      onTimeUp(sitting)
    }
    const { graceMinutes } = sitting
    const lastEnd = Math.max(...present.map(({ endsAt = Infinity }) => endsAt), sitting.endsAt ?? Infinity)
    if (graceMinutes !== undefined && now >= lastEnd + graceMinutes * minuteMs) onClosed(sittings.close(sitting.id, ''))
  }

  return () => {
    for (const sitting of held()) if (sitting.state === 'running') look(sitting, clock.now())
  }
}
