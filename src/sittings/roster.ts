import type { CandidateInput, RosterFault, RosterPreview } from '../contract/index.ts'

type Field = keyof CandidateInput
type Column = { heading: string; field: Field | 'ignored' }

/** Headings as schools write them (Apogée, Moodle, Pronote, by hand), without accents, case, spaces or signs. */
const headings: Record<Field, readonly string[]> = {
  number: [
    'numero',
    'num',
    'no',
    'n',
    'numeroetudiant',
    'netudiant',
    'numetudiant',
    'numetu',
    'codetudiant',
    'codeetudiant',
    'codetu',
    'identifiant',
    'id',
    'ine',
    'matricule',
    'number',
    'studentnumber',
    'studentid',
    'idnumber',
  ],
  lastName: ['nom', 'nomdefamille', 'nomusuel', 'nompatronymique', 'lastname', 'surname', 'familyname', 'name'],
  firstName: ['prenom', 'prenoms', 'firstname', 'givenname'],
  group: ['groupe', 'gr', 'grp', 'td', 'tp', 'groupetd', 'groupetp', 'classe', 'division', 'section', 'group', 'class'],
  extraMinutes: [
    'tierstemps',
    'tempsmajore',
    'majoration',
    'amenagement',
    'tempssupplementaire',
    'extratime',
    'extraminutes',
    'extra',
  ],
}

const longest: Record<Exclude<Field, 'extraMinutes'>, number> = { number: 40, lastName: 80, firstName: 80, group: 40 }

/** A third more, which French schools grant most ("tiers temps"). */
const third = 3

export interface RosterOptions {
  /** Of the paper: what a third of it is counted from. */
  durationMinutes: number
  /** The candidates' numbers that are there already. */
  known: ReadonlySet<string>
}

/**
 * Reads a list of candidates: rows of cells, the first of them the headings, or, where none of them is known, number,
 * last name, first name, group and extra time in this order. Lines above the headings (an Apogée export has some) are
 * passed over. What cannot be used is told line by line.
 *
 * @param rows as they stand in the list, empty ones included: their place is their line
 */
export function readRoster(
  rows: readonly (readonly string[])[],
  { durationMinutes, known }: RosterOptions,
): RosterPreview {
  const headingRow = rows.findIndex((row) => fieldsOf(row).filter((field) => field !== 'ignored').length >= 2)
  const width = Math.max(0, ...rows.map((row) => row.length))
  const order: Field[] = ['number', 'lastName', 'firstName', 'group', 'extraMinutes']
  const fields =
    headingRow >= 0 ? fieldsOf(rows[headingRow]!) : Array.from({ length: width }, (_, i) => order[i] ?? 'ignored')
  const columns: Column[] = fields.map((field, i) => ({
    heading: headingRow >= 0 ? (rows[headingRow]![i] ?? '').trim() : '',
    field,
  }))

  const candidates: RosterPreview['candidates'] = []
  const faults: RosterPreview['faults'] = []
  const seen = new Set<string>()
  for (const [i, row] of rows.entries()) {
    if (i <= headingRow || row.every((cell) => cell.trim() === '')) continue
    const line = i + 1
    const cellOf = (field: Field): string => (row[fields.indexOf(field)] ?? '').trim().replace(/\s+/g, ' ')
    const refuse = (fault: RosterFault): void =>
      void faults.push({
        line,
        fault,
        text: row
          .map((cell) => cell.trim())
          .filter(Boolean)
          .join(' · ')
          .slice(0, 200),
      })
    const number = cellOf('number')
    const lastName = cellOf('lastName')
    const firstName = cellOf('firstName')
    const group = cellOf('group')
    const extraMinutes = readExtraTime(cellOf('extraMinutes'), durationMinutes)
    if (number === '') refuse('noNumber')
    else if (lastName === '') refuse('noName')
    else if (extraMinutes === undefined) refuse('badExtraTime')
    else if (
      Object.entries({ number, lastName, firstName, group }).some(
        ([field, text]) => text.length > longest[field as keyof typeof longest],
      )
    )
      refuse('tooLong')
    else if (seen.has(number.toLowerCase())) refuse('duplicate')
    else {
      seen.add(number.toLowerCase())
      candidates.push({
        line,
        number,
        lastName,
        firstName,
        group,
        extraMinutes,
        isNew: !known.has(number.toLowerCase()),
      })
    }
  }
  return { columns, candidates, faults }
}

/** Each field for the first column that is called like it. */
function fieldsOf(row: readonly string[]): (Field | 'ignored')[] {
  const taken = new Set<Field>()
  return row.map((heading) => {
    const plain = heading
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
    const field = (Object.keys(headings) as Field[]).find((name) => headings[name].includes(plain) && !taken.has(name))
    if (field === undefined) return 'ignored'
    taken.add(field)
    return field
  })
}

/** `20`, `20 min`, `1h10`, `1/3`, `33 %`, `oui`: minutes; undefined for anything else. */
function readExtraTime(text: string, durationMinutes: number): number | undefined {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  if (/^(|0|non|no|n|-|aucun|faux|false)$/.test(plain)) return 0
  if (/^(oui|o|yes|y|x|vrai|true|1\s*\/\s*3|tiers[ -]?temps)$/.test(plain)) return Math.ceil(durationMinutes / third)
  const share = /^(\d{1,3})\s*%$/.exec(plain)
  const hours = /^(\d{1,2})\s*h\s*(\d{1,2})?$/.exec(plain)
  const minutes = /^\+?\s*(\d{1,3})\s*(min|mn|m|minutes?|')?$/.exec(plain)
  const value = share
    ? Math.ceil((durationMinutes * Number(share[1])) / 100)
    : hours
      ? Number(hours[1]) * 60 + Number(hours[2] ?? 0)
      : minutes
        ? Number(minutes[1])
        : undefined
  return value !== undefined && value <= 12 * 60 ? value : undefined
}
