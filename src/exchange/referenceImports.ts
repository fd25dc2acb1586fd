import {
  CodedError,
  type LocationKind,
  type PersonInput,
  type ReferenceSubject,
  type SupplierInput,
} from '../contract/index.ts'
import type { StockRooms } from '../stock/index.ts'
import { NotedImports, takenBack, type NotedImportsDeps } from './notedImports.ts'
import { fieldsIn, type PlannedReference, type ReferenceLookup, type ReferenceValues } from './referencePlan.ts'
import type { ImportWork } from './slices.ts'

interface ChangeRow {
  subject: ReferenceSubject
  entry_id: number
  before: string | null
  after: string
}
interface Entry {
  id: number
  values: ReferenceValues
}

/** How one of the lists is read and written. */
interface List {
  find(key: string): Entry | undefined
  get(id: number): Entry | undefined
  /** The ids of all that this made, the one that was asked for last: a place is made with those around it. */
  add(key: string, values: ReferenceValues): number[]
  change(id: number, values: ReferenceValues): void
  remove(id: number): void
}

/** Imports of places, people and suppliers. What is used by the time that it is taken back stays. */
export class ReferenceImports extends NotedImports<ChangeRow> {
  readonly #lists: Record<ReferenceSubject, List>
  readonly #sql

  constructor(deps: NotedImportsDeps) {
    super(deps, 'import_references')
    const { database } = deps
    this.#lists = listsOf(deps.rooms)
    this.#sql = {
      note: database.prepare<[number, ReferenceSubject, number, string | null, string]>(
        'INSERT INTO import_references (import_id, subject, entry_id, before, after) VALUES (?, ?, ?, ?, ?)',
      ),
      changes: database.prepare<[number], ChangeRow>(
        'SELECT subject, entry_id, before, after FROM import_references WHERE import_id = ? ORDER BY id DESC',
      ),
      isNoted: database
        .prepare<[number, ReferenceSubject, number], number>(
          'SELECT 1 FROM import_references WHERE import_id = ? AND subject = ? AND entry_id = ?',
        )
        .pluck(),
    }
  }

  /** What a plan is made with. */
  lookup(subject: ReferenceSubject): ReferenceLookup {
    return (key) => this.#lists[subject].find(key)
  }

  /**
   * Writes all of it, or none.
   * @returns the id of the import
   * @throws Cancelled, or what the stock has against a line, after everything that was written is taken back
   */
  apply(
    file: string,
    subject: ReferenceSubject,
    writes: readonly PlannedReference[],
    work: ImportWork,
  ): Promise<number> {
    return this.writeAll(file, writes, work, (id, write) => this.#write(id, subject, write))
  }

  protected override changesOf(importId: number): ChangeRow[] {
    return this.#sql.changes.all(importId)
  }

  #write(importId: number, subject: ReferenceSubject, { key, values }: PlannedReference): void {
    const list = this.#lists[subject]
    const before = list.find(key)
    if (before) {
      // One that came with a place inside it, some lines before, goes as a whole.
      list.change(before.id, values)
      if (this.#sql.isNoted.get(importId, subject, before.id) === undefined)
        this.#note(importId, subject, before.id, before.values)
    } else for (const id of list.add(key, values)) this.#note(importId, subject, id, null)
  }

  #note(importId: number, subject: ReferenceSubject, id: number, before: ReferenceValues | null): void {
    const after = this.#lists[subject].get(id)?.values ?? {}
    this.#sql.note.run(importId, subject, id, before && JSON.stringify(before), JSON.stringify(after))
  }

  protected override takeBackOne(_: number, { subject, entry_id: id, before, after }: ChangeRow): void {
    const list = this.#lists[subject]
    const now = list.get(id)
    if (!now) return
    if (before === null) {
      try {
        list.remove(id)
      } catch (error) {
        // What is used by now stays.
        if (!(error instanceof CodedError) || !['stock.locationInUse', 'stock.entryInUse'].includes(error.code))
          throw error
      }
      return
    }
    const [was, written] = [JSON.parse(before), JSON.parse(after)] as [ReferenceValues, ReferenceValues]
    list.change(id, takenBack(now.values, was, written))
  }
}

function listsOf({ items: { locations, suppliers }, people }: StockRooms): Record<ReferenceSubject, List> {
  return {
    locations: {
      find: (path) => placeOf(locations.find(path)),
      get: (id) => placeOf(locations.find(id)),
      add(path, { kind, notes }) {
        const names = path.split(' / ')
        const paths = names.map((_, index) => names.slice(0, index + 1).join(' / '))
        const missing = paths.filter((each) => !locations.find(each))
        locations.ensure(path)
        const ids = missing.flatMap((each) => locations.find(each)?.id ?? [])
        const last = ids.at(-1)
        if (last !== undefined && (kind ?? notes) !== undefined) this.change(last, { kind, notes })
        return ids
      },
      change(id, { kind, notes }) {
        const { name, parentId, ...said } = locations.get(id)
        locations.update(id, {
          ...{ name, kind: (kind as LocationKind | undefined) ?? said.kind, notes: notes ?? said.notes },
          ...(parentId === undefined ? {} : { parentId }),
        })
      },
      remove: (id) => locations.remove(id),
    },
    people: directoryList<PersonInput>('people', people),
    suppliers: directoryList<SupplierInput>('suppliers', suppliers),
  }
}

const placeOf = (place: { id: number; kind: LocationKind; notes: string } | undefined): Entry | undefined =>
  place && { id: place.id, values: { kind: place.kind, notes: place.notes } }

function directoryList<Input extends { name: string }>(
  subject: 'people' | 'suppliers',
  directory: {
    find(key: string | number): (Input & { id: number }) | undefined
    add(input: Input): { id: number }
    update(id: number, input: Input): unknown
    remove(id: number): void
  },
): List {
  const entryOf = (view: (Input & { id: number }) | undefined): Entry | undefined =>
    view && {
      id: view.id,
      values: Object.fromEntries(
        fieldsIn(subject).map((field) => [field, (view as unknown as Record<string, string>)[field] ?? '']),
      ),
    }
  const inputOf = (name: string, values: ReferenceValues): Input =>
    ({
      name,
      ...Object.fromEntries(fieldsIn(subject).map((field) => [field, values[field] ?? ''])),
    }) as unknown as Input
  return {
    find: (name) => entryOf(directory.find(name)),
    get: (id) => entryOf(directory.find(id)),
    add: (name, values) => [directory.add(inputOf(name, values)).id],
    change(id, values) {
      const now = directory.find(id)
      if (now) directory.update(id, inputOf(now.name, { ...entryOf(now)?.values, ...values }))
    },
    remove: (id) => directory.remove(id),
  }
}
