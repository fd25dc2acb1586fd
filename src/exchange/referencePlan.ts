import {
  locationInputSchema,
  personInputSchema,
  supplierInputSchema,
  referenceImportFields,
  type ImportField,
  type ImportProblem,
  type ItemImportLine,
  type ReferenceImportField,
  type ReferenceSubject,
} from '../contract/index.ts'
import { fold, lookupOf } from './itemWords.ts'
import { LinePlanner, longestValueShown } from './linePlanner.ts'
import { locationKindWords } from './referenceWords.ts'
import type { Table } from './readTable.ts'
import { readLocation } from './values.ts'

/** What an entry says, by its fields. A place is known by its path, the others by their name. */
export type ReferenceValues = Partial<Record<string, string>>

/** What is to be done for a line that goes in. */
export interface PlannedReference {
  line: number
  /** Absent for a new one. */
  id?: number
  /** The path of a place, the name of the others. */
  key: string
  values: ReferenceValues
}

/** What the plan asks the stock: an entry by its key. */
export type ReferenceLookup = (key: string) => { id: number; values: ReferenceValues } | undefined

const kinds = lookupOf(locationKindWords)

/** What tells two of them apart, as the database does: without regard to the case of ASCII letters. */
const withoutCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The plan of a table of places, people or suppliers, line by line: `next` does one and answers whether there are more. */
export class ReferencePlanner extends LinePlanner {
  readonly subject: ReferenceSubject
  readonly writes: PlannedReference[] = []
  readonly #mapping: readonly ImportField[]
  readonly #lookup: ReferenceLookup
  readonly #lineOf = new Map<string, number>()

  constructor(subject: ReferenceSubject, table: Table, mapping: readonly ImportField[], lookup: ReferenceLookup) {
    super(table)
    this.subject = subject
    this.#mapping = mapping
    this.#lookup = lookup
  }

  protected override plan(line: number, cells: readonly string[]): ItemImportLine {
    const { subject } = this
    const problems: ImportProblem[] = []
    const fieldOf = (name: string): ImportField => `${subject}:${name}` as ReferenceImportField
    const note = (problem: Omit<ImportProblem, 'field'> & { name?: string }): void => {
      const { name, value = '', ...rest } = problem
      problems.push({ ...rest, ...(name && { field: fieldOf(name) }), value: value.slice(0, longestValueShown) })
    }
    const said = this.#read(cells)
    const key = subject === 'locations' ? readLocation(said['path'] ?? '') : nameIn(said)
    const refused = (): ItemImportLine => ({ line, verdict: 'refused', label: key, changes: [], problems })
    if (key === '') {
      note({ code: 'nameMissing', isWarning: false })
      return refused()
    }
    if (said['kind'] !== undefined) {
      const kind = kinds.get(fold(said['kind']))
      if (kind === undefined) note({ code: 'kindUnknown', name: 'kind', value: said['kind'], isWarning: true })
      said['kind'] = kind
    }
    const otherLine = this.#lineOf.get(withoutCase(key))
    if (otherLine !== undefined) {
      note({
        code: 'duplicateInFile',
        name: subject === 'locations' ? 'path' : 'name',
        otherLine,
        value: key,
        isWarning: false,
      })
      return refused()
    }
    this.#lineOf.set(withoutCase(key), line)

    const known = this.#lookup(key)
    const fields = fieldsIn(subject)
    const values: ReferenceValues = { ...known?.values }
    for (const field of fields) if (said[field] !== undefined) values[field] = said[field]
    for (const { name, isTooLong } of faultsOf(subject, key, values))
      note({ code: isTooLong ? 'tooLong' : 'valueInvalid', name, value: values[name] ?? key, isWarning: false })
    if (problems.some(({ isWarning }) => !isWarning)) return refused()

    const changes = fields.flatMap((field) => {
      const [before, after] = [known?.values[field] ?? '', values[field] ?? '']
      return before.trim() === after.trim() ? [] : [{ field: fieldOf(field), before, after }]
    })
    const verdict = known ? (changes.length > 0 ? 'changed' : 'unchanged') : 'added'
    if (verdict !== 'unchanged') this.writes.push({ line, key, values, ...(known && { id: known.id }) })
    return { line, verdict, label: key, changes, problems }
  }

  /** What the cells say; an empty cell never takes anything away. */
  #read(cells: readonly string[]): ReferenceValues {
    const said: ReferenceValues = {}
    const prefix = `${this.subject}:`
    for (const [column, mapped] of this.#mapping.entries()) {
      const cell = cells[column] ?? ''
      if (cell !== '' && mapped.startsWith(prefix)) said[mapped.slice(prefix.length)] = cell
    }
    return said
  }
}

/** What is kept of an entry beside what it is known by. */
export const fieldsIn = (subject: ReferenceSubject): string[] =>
  referenceImportFields[subject].filter((field) => !['path', 'name', 'firstName'].includes(field))

const nameIn = ({ firstName = '', name = '' }: ReferenceValues): string =>
  `${firstName} ${name}`.trim().replace(/\s+/g, ' ')

/** The fields that the stock would not take; `notes` of a place may be shorter than those of a person. */
function faultsOf(
  subject: ReferenceSubject,
  key: string,
  values: ReferenceValues,
): { name: string; isTooLong: boolean }[] {
  const { kind = 'other', ...texts } = values
  const whole = Object.fromEntries(fieldsIn(subject).map((field) => [field, texts[field] ?? '']))
  const results =
    subject === 'locations'
      ? key.split(' / ').map((name) => ({
          name: 'path',
          ...locationInputSchema.safeParse({ ...whole, name, kind }),
        }))
      : [
          {
            name: 'name',
            ...(subject === 'people' ? personInputSchema : supplierInputSchema).safeParse({ ...whole, name: key }),
          },
        ]
  const faults = results.flatMap(({ name, error }) =>
    (error?.issues ?? []).map(({ path, code }) => ({
      name: path[0] === 'name' ? name : String(path[0]),
      isTooLong: code === 'too_big',
    })),
  )
  return faults.filter(({ name }, index) => faults.findIndex((other) => other.name === name) === index)
}
