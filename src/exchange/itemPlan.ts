import { isPlaceholder } from '../boot/index.ts'
import {
  itemInputSchema,
  type CustomFieldKind,
  type ImportField,
  type ItemImportLine,
  type ImportProblem,
  type ImportProblemCode,
  type ItemInput,
  type ItemType,
  type ItemView,
} from '../contract/index.ts'
import { fieldWords, fold, lookupOf, stateWords, typeWords } from './itemWords.ts'
import { LinePlanner, longestValueShown } from './linePlanner.ts'
import type { Table } from './readTable.ts'
import { readCents, readDay, readLocation, readMacs, readMemory, readUuid } from './values.ts'

/** What the plan asks the stock. */
export interface ItemLookup {
  byTag(tag: string): ItemView | undefined
  bySerial(serial: string): ItemView[]
  byUuid(uuid: string): ItemView[]
  /** Why its state is not for a file to say. */
  holderOf(id: number): 'onLoan' | 'inBatch' | undefined
  /** A type's id by what it is called by a person. */
  typeNamed(name: string): ItemType | undefined
  /** What a custom field holds, by its id. */
  kindOf(fieldId: string): CustomFieldKind | undefined
  /** The tag that a new item of this type would be given. */
  proposeTag(type: ItemType): string
}

/** What is to be done for a line that goes in. */
export interface PlannedWrite {
  line: number
  /** Absent for a new item. */
  id?: number
  item: ItemInput
  /** The tag of what it is part of, which may be in the same file. */
  parentTag?: string
  /** Fields with what they said before and say then, as history writes them. */
  fields: readonly ImportField[]
}

export interface ItemPlan {
  lines: ItemImportLine[]
  writes: PlannedWrite[]
}

const states = lookupOf(stateWords)
const types = lookupOf(typeWords)

/** The plan of a table, line by line: `next` does one and answers whether there are more. */
export class ItemPlanner extends LinePlanner {
  readonly writes: PlannedWrite[] = []
  readonly #mapping: readonly ImportField[]
  readonly #lookup: ItemLookup
  readonly #lineOfTag = new Map<string, number>()
  readonly #lineOfSerial = new Map<string, number>()
  readonly #lineOfItem = new Map<number, number>()
  readonly #lastTags = new Map<ItemType, string>()
  readonly #tagsInFile: ReadonlySet<string>

  constructor(table: Table, mapping: readonly ImportField[], lookup: ItemLookup) {
    super(table)
    this.#mapping = mapping
    this.#lookup = lookup
    const tagColumn = mapping.indexOf('assetTag')
    this.#tagsInFile = new Set(
      tagColumn < 0 ? [] : table.rows.map(({ cells }) => (cells[tagColumn] ?? '').toLowerCase()),
    )
  }

  protected override plan(line: number, cells: readonly string[]): ItemImportLine {
    const problems: ImportProblem[] = []
    const note = (code: ImportProblemCode, field?: ImportField, value = '', isWarning = false): void => {
      const shown = value.slice(0, longestValueShown)
      problems.push({ code, isWarning, ...(field && { field }), ...(shown && { value: shown }) })
    }
    const said = this.#read(cells, note)
    const label = said.item.assetTag ?? said.item.serial ?? said.item.name ?? ''
    const refused = (): ItemImportLine => ({ line, verdict: 'refused', label, changes: [], problems })

    const known = this.#find(said.item, line, problems)
    if (problems.some(({ isWarning }) => !isWarning)) return refused()
    const type = said.item.type ?? known?.type ?? 'pc'
    if (!known && !said.item.assetTag && !said.item.serial && !said.item.name && !said.item.model) {
      note('noIdentity')
      return refused()
    }
    if (known && said.item.state !== undefined && said.item.state !== known.state) {
      const holder = this.#lookup.holderOf(known.id)
      if (holder) {
        note(holder, 'state', '', true)
        said.item.state = known.state
      }
    }
    const assetTag = said.item.assetTag ?? known?.assetTag ?? this.#newTag(type)
    const base: ItemInput = known ? inputOf(known) : emptyItem(assetTag, type)
    const wanted: ItemInput = {
      ...base,
      ...said.item,
      assetTag,
      type,
      ...(said.custom && { custom: { ...known?.custom, ...said.custom } }),
    }
    const parsed = itemInputSchema.safeParse(wanted)
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        const field = issue.path[0] as ImportField | undefined
        note(
          issue.code === 'too_big' ? 'tooLong' : 'valueInvalid',
          field,
          String(wanted[field as keyof ItemInput] ?? ''),
        )
      }
      return refused()
    }
    let { parentTag } = said
    if (parentTag && !this.#tagsInFile.has(parentTag.toLowerCase()) && !this.#lookup.byTag(parentTag)) {
      note('parentUnknown', 'parentTag', parentTag, true)
      parentTag = undefined
    }
    const changes = this.#changes(known, parsed.data, parentTag)
    this.#remember(line, parsed.data, known)
    const verdict = known ? (changes.length > 0 ? 'changed' : 'unchanged') : 'added'
    if (verdict !== 'unchanged')
      this.writes.push({
        line,
        item: parsed.data,
        fields: changes.map(({ field }) => field),
        ...(known && { id: known.id }),
        ...(parentTag && { parentTag }),
      })
    return { line, verdict, label: assetTag, changes, problems }
  }

  /** What the cells say, those that say nothing left out: an empty cell never takes anything away. */
  #read(
    cells: readonly string[],
    note: (code: ImportProblemCode, field?: ImportField, value?: string, isWarning?: boolean) => void,
  ): { item: Partial<ItemInput>; custom?: Record<string, string>; parentTag?: string } {
    const item: Partial<ItemInput> = {}
    let custom: Record<string, string> | undefined
    let parentTag: string | undefined
    for (const [column, field] of this.#mapping.entries()) {
      const cell = cells[column] ?? ''
      if (cell === '' || field === 'ignore') continue
      const take = <T>(value: T | undefined, code: ImportProblemCode, set: (value: T) => void): void =>
        value === undefined ? note(code, field, cell) : set(value)
      if (field.startsWith('custom:')) {
        const id = field.slice(7)
        const value = this.#lookup.kindOf(id) === 'date' ? readDay(cell) : cell
        take(value, 'dateInvalid', (said) => (custom = { ...custom, [id]: said }))
        continue
      }
      switch (field) {
        case 'parentTag':
          parentTag = cell
          break
        case 'type': {
          const type = types.get(fold(cell)) ?? this.#lookup.typeNamed(cell)
          if (type === undefined) note('typeUnknown', field, cell, true)
          else item.type = type
          break
        }
        case 'state': {
          const state = states.get(fold(cell))
          if (state === undefined) note('stateUnknown', field, cell, true)
          else item.state = state
          break
        }
        case 'serial':
          if (isPlaceholder(cell)) note('placeholderSerial', field, cell, true)
          else item.serial = cell
          break
        case 'purchasedOn':
        case 'warrantyUntil':
        case 'biosDate':
          take(readDay(cell), 'dateInvalid', (day) => (item[field] = day))
          break
        case 'priceCents':
          take(readCents(cell), 'priceInvalid', (cents) => (item.priceCents = cents))
          break
        case 'memoryMiB':
          take(readMemory(cell), 'numberInvalid', (memory) => (item.memoryMiB = memory))
          break
        case 'macs':
          take(readMacs(cell), 'macInvalid', (macs) => (item.macs = macs))
          break
        case 'uuid':
          take(readUuid(cell), 'uuidInvalid', (uuid) => (item.uuid = uuid))
          break
        case 'location':
          item.location = readLocation(cell)
          break
        default:
          ;(item as Record<string, string>)[field] = cell
      }
    }
    return { item, custom, parentTag }
  }

  /** The item that a line is about, by its tag, else by its serial number, else by its UUID. */
  #find(said: Partial<ItemInput>, line: number, problems: ImportProblem[]): ItemView | undefined {
    const { assetTag, serial, uuid } = said
    const repeated = (otherLine: number | undefined, field: ImportField, value: string): boolean => {
      if (otherLine === undefined) return false
      problems.push({
        code: 'duplicateInFile',
        field,
        value: value.slice(0, longestValueShown),
        otherLine,
        isWarning: false,
      })
      return true
    }
    if (assetTag && repeated(this.#lineOfTag.get(assetTag.toLowerCase()), 'assetTag', assetTag)) return undefined
    if (serial && repeated(this.#lineOfSerial.get(serial.toLowerCase()), 'serial', serial)) return undefined
    const byTag = assetTag ? this.#lookup.byTag(assetTag) : undefined
    const bySerial = serial ? this.#lookup.bySerial(serial) : []
    const byUuid = uuid && bySerial.length === 0 ? this.#lookup.byUuid(uuid) : []
    const others = bySerial.length > 0 ? bySerial : byUuid
    const ambiguous = (field: ImportField, value = ''): undefined => {
      problems.push({ code: 'ambiguous', field, value: value.slice(0, longestValueShown), isWarning: false })
      return undefined
    }
    // The tag is one item's and the serial number another's: which one is meant, only a person knows.
    if (byTag && others.length > 0 && !others.some(({ id }) => id === byTag.id))
      return ambiguous(bySerial.length > 0 ? 'serial' : 'uuid', bySerial.length > 0 ? serial : uuid)
    if (!byTag && others.length > 1) return ambiguous(bySerial.length > 0 ? 'serial' : 'uuid')
    const found = byTag ?? others[0]
    if (found && repeated(this.#lineOfItem.get(found.id), 'assetTag', found.assetTag)) return undefined
    return found
  }

  #remember(line: number, { assetTag, serial }: ItemInput, known: ItemView | undefined): void {
    this.#lineOfTag.set(assetTag.toLowerCase(), line)
    if (serial) this.#lineOfSerial.set(serial.toLowerCase(), line)
    if (known) this.#lineOfItem.set(known.id, line)
  }

  /** A tag that neither the stock nor the file has: the one that the stock proposes, and those that follow it. */
  #newTag(type: ItemType): string {
    let tag = this.#lastTags.get(type)
    tag = tag === undefined ? this.#lookup.proposeTag(type) : following(tag)
    while (
      this.#tagsInFile.has(tag.toLowerCase()) ||
      this.#lineOfTag.has(tag.toLowerCase()) ||
      this.#lookup.byTag(tag) !== undefined
    )
      tag = following(tag)
    this.#lastTags.set(type, tag)
    return tag
  }

  #changes(known: ItemView | undefined, wanted: ItemInput, parentTag: string | undefined): ItemImportLine['changes'] {
    const changes: ItemImportLine['changes'] = []
    const compare = (field: ImportField, before: string, after: string): void => {
      if (!isSame(field, before, after)) changes.push({ field, before, after })
    }
    for (const field of Object.keys(fieldWords) as (keyof typeof fieldWords)[]) {
      if (field === 'parentTag') compare(field, known?.parentTag ?? '', parentTag ?? known?.parentTag ?? '')
      else compare(field, asText(known?.[field]), asText(wanted[field]))
    }
    for (const id of Object.keys(wanted.custom ?? {}))
      compare(`custom:${Number(id)}`, known?.custom?.[id] ?? '', wanted.custom?.[id] ?? '')
    return changes
  }
}

/** Places and suppliers are the same in whatever case they are written. */
const isSame = (field: ImportField, before: string, after: string): boolean =>
  field === 'location' || field === 'supplier' || field === 'parentTag'
    ? before.toLowerCase() === after.toLowerCase()
    : before === after

/** `PC-0009` after `PC-0008`; a tag without a number gets one. */
const following = (tag: string): string =>
  /\d+$/.test(tag)
    ? tag.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, '0'))
    : `${tag}-2`

const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.join(' ') : String(value)

/** What an item says, as it would be said anew. */
export function inputOf(view: ItemView): ItemInput {
  const { id, createdAt, updatedAt, lastSeenAt, locationId, parentTag, ...said } = view
  void [id, createdAt, updatedAt, lastSeenAt, locationId, parentTag]
  return said
}

const emptyItem = (assetTag: string, type: ItemType): ItemInput => ({
  ...{ assetTag, type, manufacturer: '', model: '', serial: '', macs: [], uuid: '', location: '' },
  ...{ state: 'inService', notes: '' },
})
