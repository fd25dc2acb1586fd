import { z } from 'zod'
import { examRulesInputSchema, presetRules, type ExamRules } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

/** The rules of the boot profiles that have some, and of the sittings that have their own. */
export interface ExamRulesStore {
  /** undefined for a profile that boots its system as it is. */
  of(profileId: number): ExamRules | undefined
  set(profileId: number, rules: ExamRules | undefined): void
  /** Ids of the profiles that have rules. */
  profiles(): number[]
  /** undefined for a sitting that is held by those of the profile. */
  ofSitting(sittingId: number): ExamRules | undefined
  setOfSitting(sittingId: number, rules: ExamRules | undefined): void
}

/** What was stored: as it is typed in, with the addresses that were found for its names. */
const storedSchema = z.object({
  ...examRulesInputSchema.shape,
  allowed: z.array(z.object({ host: z.string(), ports: z.array(z.number()), addresses: z.array(z.string()) })),
})

/** Of an earlier version of Amorce some may be missing. */
const read = (row: { rules: string } | undefined): ExamRules | undefined =>
  row && storedSchema.parse({ ...presetRules.web, ...(JSON.parse(row.rules) as object) })

export function createExamRules(database: Database): ExamRulesStore {
  const selectOne = database.prepare<[number], { rules: string }>('SELECT rules FROM exam_rules WHERE profile_id = ?')
  const selectAll = database.prepare<[], { profile_id: number }>(
    'SELECT profile_id FROM exam_rules ORDER BY profile_id',
  )
  const write = database.prepare<[number, string]>(
    'INSERT INTO exam_rules (profile_id, rules) VALUES (?, ?) ON CONFLICT (profile_id) DO UPDATE SET rules = excluded.rules',
  )
  const selectOfSitting = database.prepare<[number], { rules: string }>(
    'SELECT rules FROM sitting_exam_rules WHERE sitting_id = ?',
  )
  const writeOfSitting = database.prepare<[number, string]>(
    'INSERT INTO sitting_exam_rules (sitting_id, rules) VALUES (?, ?) ON CONFLICT (sitting_id) DO UPDATE SET rules = excluded.rules',
  )
  const removeOfSitting = database.prepare<[number]>('DELETE FROM sitting_exam_rules WHERE sitting_id = ?')
  const remove = database.prepare<[number]>('DELETE FROM exam_rules WHERE profile_id = ?')

  return {
    of(profileId) {
      return read(selectOne.get(profileId))
    },
    set(profileId, rules) {
      if (rules) write.run(profileId, JSON.stringify(rules))
      else remove.run(profileId)
    },
    ofSitting: (sittingId) => read(selectOfSitting.get(sittingId)),
    setOfSitting(sittingId, rules) {
      if (rules) writeOfSitting.run(sittingId, JSON.stringify(rules))
      else removeOfSitting.run(sittingId)
    },
    profiles: () => selectAll.all().map(({ profile_id: id }) => id),
  }
}
