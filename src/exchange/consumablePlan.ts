import {
  consumableImportFields,
  consumableInputSchema,
  type ConsumableImportField,
  type ConsumableInput,
  type ConsumableView,
  type ImportField,
  type ImportProblem,
  type ImportProblemCode,
  type ItemImportLine,
} from '../contract/index.ts'
import { consumableInputOf, emptyConsumable } from '../stock/index.ts'
import { consumableCategoryWords } from './consumableWords.ts'
import { fold, lookupOf } from './itemWords.ts'
import { LinePlanner, longestValueShown } from './linePlanner.ts'
import type { Table } from './readTable.ts'
import { readCents, readLocation } from './values.ts'

/** What the plan asks the stock. */
export interface ConsumableLookup {
  byReference(reference: string): ConsumableView | undefined
  byBarcode(barcode: string): ConsumableView | undefined
  byName(name: string): ConsumableView[]
  /** Where there is some of it, and until when it can be used. */
  levelsOf(id: number): { location: string; expiresOn: string }[]
}

/** What is to be done for a line that goes in. */
export interface PlannedConsumable {
  line: number
  /** Absent for a new one. */
  id?: number
  consumable: ConsumableInput
  /** What lies at that place, when the file says it. */
  counted?: { quantity: number; location: string }
}

const categories = lookupOf(consumableCategoryWords)
const longestReference = 64

type Note = (code: ImportProblemCode, field?: ConsumableImportField, value?: string, isWarning?: boolean) => void

/** The plan of a table of consumables, line by line: `next` does one and answers whether there are more. */
export class ConsumablePlanner extends LinePlanner {
  readonly writes: PlannedConsumable[] = []
  readonly #mapping: readonly ImportField[]
  readonly #lookup: ConsumableLookup
  /** By what tells them in the file, and by the consumable that they are about. */
  readonly #lineOf = new Map<string | number, number>()

  constructor(table: Table, mapping: readonly ImportField[], lookup: ConsumableLookup) {
    super(table)
    this.#mapping = mapping
    this.#lookup = lookup
  }

  protected override plan(line: number, cells: readonly string[]): ItemImportLine {
    const problems: ImportProblem[] = []
    const note: Note = (code, field, value = '', isWarning = false) => {
      const shown = value.slice(0, longestValueShown)
      problems.push({ code, isWarning, ...(field && { field: `consumable:${field}` }), ...(shown && { value: shown }) })
    }
    const said = this.#read(cells, note)
    const label = said.fields.reference ?? said.fields.name ?? ''
    const refused = (): ItemImportLine => ({ line, verdict: 'refused', label, changes: [], problems })
    const isRefused = (): boolean => problems.some(({ isWarning }) => !isWarning)

    const known = this.#find(said.fields, note)
    if (!known && !said.fields.reference && !said.fields.name) note('noIdentity')
    if (isRefused()) return refused()
    const base = known ? consumableInputOf(known) : emptyConsumable
    const name = said.fields.name ?? known?.name ?? said.fields.reference ?? ''
    const wanted: ConsumableInput = {
      ...base,
      ...said.fields,
      name,
      reference: said.fields.reference ?? known?.reference ?? name.slice(0, longestReference),
    }
    // An order goes up to a target that is not below the threshold.
    if (wanted.threshold !== null && wanted.target !== null && wanted.target < wanted.threshold)
      wanted.target = wanted.threshold
    const parsed = consumableInputSchema.safeParse(wanted)
    if (!parsed.success) {
      for (const { code, path } of parsed.error.issues) {
        const field = consumableImportFields.find((each) => each === path[0])
        note(
          code === 'too_big' ? 'tooLong' : 'valueInvalid',
          field,
          String(wanted[path[0] as keyof ConsumableInput] ?? ''),
        )
      }
      return refused()
    }
    const key = parsed.data.reference.toLowerCase()
    const otherLine = this.#lineOf.get(key) ?? (known && this.#lineOf.get(known.id))
    if (otherLine !== undefined) {
      problems.push({
        ...{ code: 'duplicateInFile', field: 'consumable:reference', otherLine, isWarning: false },
        value: parsed.data.reference,
      })
      return refused()
    }
    this.#lineOf.set(key, line)
    if (known) this.#lineOf.set(known.id, line)

    const counted = this.#countedOf(said, known, note)
    const changes = changesOf(known, parsed.data, counted)
    const verdict = known ? (changes.length > 0 ? 'changed' : 'unchanged') : 'added'
    if (verdict !== 'unchanged')
      this.writes.push({ line, consumable: parsed.data, ...(known && { id: known.id }), ...(counted && { counted }) })
    return { line, verdict, label: parsed.data.reference, changes, problems }
  }

  /** What the cells say; an empty cell never takes anything away. */
  #read(cells: readonly string[], note: Note): Said {
    const said: Said = { fields: {} }
    for (const [column, mapped] of this.#mapping.entries()) {
      const cell = cells[column] ?? ''
      if (cell === '' || !mapped.startsWith('consumable:')) continue
      const field = mapped.slice('consumable:'.length) as ConsumableImportField
      switch (field) {
        case 'category': {
          const category = categories.get(fold(cell))
          if (category === undefined) note('categoryUnknown', field, cell, true)
          else said.fields.category = category
          break
        }
        case 'priceCents': {
          const cents = readCents(cell)
          if (cents === undefined) note('priceInvalid', field, cell)
          else said.fields.priceCents = cents
          break
        }
        case 'quantity':
        case 'threshold':
        case 'target':
        case 'pages': {
          const count = readCount(cell)
          if (count === undefined) note('numberInvalid', field, cell)
          else if (field === 'quantity') said.quantity = count
          // A yield of nothing is none that is known.
          else said.fields[field] = field === 'pages' && count === 0 ? null : count
          break
        }
        case 'location':
          said.location = readLocation(cell)
          break
        case 'printerModels':
          said.fields.printerModels = cell.split(/\s*[|;\n]\s*/).filter(Boolean)
          break
        default:
          said.fields[field] = cell
      }
    }
    return said
  }

  /** By its reference, else its barcode, else its name. */
  #find({ reference, barcode, name }: Said['fields'], note: Note): ConsumableView | undefined {
    if (reference) return this.#lookup.byReference(reference)
    const byBarcode = barcode ? this.#lookup.byBarcode(barcode) : undefined
    if (byBarcode) return byBarcode
    const byName = name ? this.#lookup.byName(name) : []
    if (byName.length > 1) note('ambiguous', 'name', name)
    return byName[0]
  }

  /** A quantity is that of a place: the one that the line says, or the only one where there is some. */
  #countedOf(
    { quantity, location }: Said,
    known: ConsumableView | undefined,
    note: Note,
  ): PlannedConsumable['counted'] {
    if (quantity === undefined) return undefined
    const levels = known ? this.#lookup.levelsOf(known.id) : []
    if (levels.some(({ expiresOn }) => expiresOn !== '')) {
      note('lotsThere', 'quantity', String(quantity), true)
      return undefined
    }
    const places = levels.map((level) => level.location)
    const place = location || (places.length === 1 ? places[0] : undefined)
    if (place) return { quantity, location: place }
    if (quantity > 0 || places.length > 1) note('placeMissing', 'quantity', String(quantity), true)
    return undefined
  }
}

interface Said {
  fields: Partial<ConsumableInput>
  quantity?: number
  location?: string
}

/** `12`, `1 200`; what GLPI writes of a threshold that is off, `-1`, is none. */
function readCount(cell: string): number | undefined {
  const bare = cell.replace(/[\s\u00a0\u202f]/g, '')
  if (/^-\d+$/.test(bare)) return 0
  const whole = /^(\d{1,7})(?:[.,]0+)?$/.exec(bare)?.[1]
  return whole === undefined || Number(whole) > 1_000_000 ? undefined : Number(whole)
}

function changesOf(
  known: ConsumableView | undefined,
  wanted: ConsumableInput,
  counted: PlannedConsumable['counted'],
): ItemImportLine['changes'] {
  const before = known ? consumableInputOf(known) : emptyConsumable
  const changes: ItemImportLine['changes'] = []
  for (const field of consumableImportFields) {
    if (field === 'quantity' || field === 'location') continue
    const [was, is] = [asText(before[field]), asText(wanted[field])]
    if (
      field === 'category'
        ? !known || was !== is
        : was.toLowerCase() !== is.toLowerCase() || (field !== 'supplier' && was !== is)
    )
      changes.push({ field: `consumable:${field}`, before: known ? was : '', after: is })
  }
  if (counted && (!known || counted.quantity !== known.quantity))
    changes.push({
      field: 'consumable:quantity',
      before: known ? String(known.quantity) : '',
      after: String(counted.quantity),
    })
  return changes
}

const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.join(' | ') : String(value)
