import {
  CodedError,
  type PersonInput,
  type PersonView,
  type SupplierInput,
  type SupplierView,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

/** A list of names with what is known of each: suppliers, people. */
export interface Directory<Input extends { name: string }, View extends Input & { id: number }> {
  /** In the order of their names. */
  list(): View[]
  /** The one of that name or id; undefined when there is none. */
  find(entry: string | number): View | undefined
  /** The id of the one of that name, written down when it is new. Undefined for no name. */
  ensure(name: string): number | undefined
  /** @throws CodedError `stock.duplicateName` */
  add(input: Input): View
  /** @throws CodedError `stock.entryNotFound`, `stock.duplicateName` */
  update(id: number, input: Input): View
  /** @throws CodedError `stock.entryNotFound`, `stock.entryInUse` */
  remove(id: number): void
}

export type Suppliers = Directory<SupplierInput, SupplierView>
export type People = Directory<PersonInput, PersonView>

export const createSuppliers = (database: Database): Suppliers =>
  createDirectory(database, 'suppliers', ['email', 'phone', 'address', 'notes'])

export const createPeople = (database: Database): People =>
  createDirectory(database, 'people', ['email', 'phone', 'department', 'notes'])

function createDirectory<Input extends { name: string }, View extends Input & { id: number }>(
  database: Database,
  table: 'suppliers' | 'people',
  others: readonly string[],
): Directory<Input, View> {
  const columns = ['name', ...others]
  const selectAll = database.prepare<[], View>(`SELECT * FROM ${table} ORDER BY name COLLATE NOCASE`)
  const selectOne = database.prepare<[number], View>(`SELECT * FROM ${table} WHERE id = ?`)
  const selectByName = database
    .prepare<[string], number>(`SELECT id FROM ${table} WHERE name = ? COLLATE NOCASE`)
    .pluck()
  const insert = database.prepare<[Input]>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  )
  const insertName = database.prepare<[string]>(`INSERT INTO ${table} (name) VALUES (?)`)
  const change = database.prepare<[Input & { id: number }]>(
    `UPDATE ${table} SET ${columns.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`,
  )
  const erase = database.prepare<[number]>(`DELETE FROM ${table} WHERE id = ?`)

  const get = (id: number): View => {
    const found = selectOne.get(id)
    if (!found) throw new CodedError('stock.entryNotFound', `no entry ${id} in ${table}`, { id })
    return found
  }
  const refuseTakenName = (name: string, id?: number): void => {
    const holder = selectByName.get(name)
    if (holder !== undefined && holder !== id)
      throw new CodedError('stock.duplicateName', `${name} is in ${table}`, { name })
  }

  return {
    list: () => selectAll.all(),
    find(entry) {
      const id = typeof entry === 'number' ? entry : selectByName.get(entry)
      return id === undefined ? undefined : selectOne.get(id)
    },
    ensure(typed) {
      const name = typed.trim()
      if (name === '') return undefined
      return selectByName.get(name) ?? Number(insertName.run(name).lastInsertRowid)
    },
    add(input) {
      refuseTakenName(input.name)
      return get(Number(insert.run(input).lastInsertRowid))
    },
    update(id, input) {
      get(id)
      refuseTakenName(input.name, id)
      change.run({ ...input, id })
      return get(id)
    },
    remove(id) {
      const { name } = get(id)
      try {
        erase.run(id)
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error
        throw new CodedError('stock.entryInUse', `${name} is in use`, { name })
      }
    },
  }
}
