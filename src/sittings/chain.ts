import { createHash } from 'node:crypto'
import type { SittingEntry } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

export interface NewEntry {
  at: number
  who: string
  action: string
  details?: SittingEntry['details']
  /** What somebody wrote: only its digest is in the chain, so that it can be taken out with the personal data. */
  text?: string
}

/** The journals of the sittings, each a chain: every line's hash covers the line before it. */
export interface SittingJournal {
  /** Call it in the transaction of what it tells of: neither is without the other. */
  add(sittingId: number, entry: NewEntry): void
  /** Oldest first; `intact`: nothing was changed, taken out or put in since, but for texts that were taken out. */
  read(sittingId: number): { entries: SittingEntry[]; intact: boolean }
  /** Takes out what was written: all of it, or of one candidate. */
  forgetTexts(sittingId: number, candidateId?: number): void
}

interface EntryRow {
  id: number
  at: number
  who: string
  action: string
  details: string
  text: string | null
  hash: string
}

export function createSittingJournal(database: Database): SittingJournal {
  const insert = database.prepare(`
    INSERT INTO sitting_journal (sitting_id, at, who, action, details, text, hash)
    VALUES (@sittingId, @at, @who, @action, @details, @text, @hash)`)
  const selectLast = database
    .prepare<[number], string>('SELECT hash FROM sitting_journal WHERE sitting_id = ? ORDER BY id DESC LIMIT 1')
    .pluck()
  const selectAll = database.prepare<[number], EntryRow>(
    'SELECT * FROM sitting_journal WHERE sitting_id = ? ORDER BY id',
  )
  const clearTexts = database.prepare<[number]>(
    'UPDATE sitting_journal SET text = NULL WHERE sitting_id = ? AND text IS NOT NULL',
  )

  const clearTextsOf = database.prepare<[number, number]>(`
    UPDATE sitting_journal SET text = NULL
    WHERE sitting_id = ? AND text IS NOT NULL AND json_extract(details, '$.candidateId') = ?`)

  return {
    add(sittingId, { at, who, action, details = {}, text }) {
      const all = text === undefined ? details : { ...details, textSha256: sha256(text) }
      const row = { at, who, action, details: JSON.stringify(all) }
      const hash = chainHash(selectLast.get(sittingId) ?? firstHash(sittingId), row)
      insert.run({ ...row, sittingId, text: text ?? null, hash })
    },
    read(sittingId) {
      const rows = selectAll.all(sittingId)
      let before = firstHash(sittingId)
      let intact = true
      const entries = rows.map((row): SittingEntry => {
        const details = JSON.parse(row.details) as SittingEntry['details']
        const isTextSound = row.text === null || details['textSha256'] === sha256(row.text)
        intact &&= row.hash === chainHash(before, row) && isTextSound
        before = row.hash
        return {
          id: row.id,
          at: row.at,
          who: row.who,
          action: row.action,
          details,
          ...(row.text !== null && { text: row.text }),
          hash: row.hash,
        }
      })
      return { entries, intact }
    },
    forgetTexts(sittingId, candidateId) {
      if (candidateId === undefined) clearTexts.run(sittingId)
      else clearTextsOf.run(sittingId, candidateId)
    },
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const firstHash = (sittingId: number): string => sha256(`sitting ${sittingId}`)
const chainHash = (
  before: string,
  { at, who, action, details }: Pick<EntryRow, 'at' | 'who' | 'action' | 'details'>,
): string => sha256(JSON.stringify([before, at, who, action, details]))
