import {
  CodedError,
  type CustomFieldInput,
  type CustomFieldKind,
  type CustomFieldView,
  type ItemTypeInput,
  type ItemTypeView,
} from '../contract/index.ts'
import { folded, isConstraintError, type Database } from '../storage/index.ts'

interface TypeRow {
  id: string
  name: string
  tag_pattern: string
  is_builtin: number
  items: number
}
interface FieldRow {
  id: number
  type: string | null
  name: string
  kind: CustomFieldKind
  choices: string
}

export interface ItemTypes {
  list(): ItemTypeView[]
  has(id: string): boolean
  patternOf(id: string): string
  /** @throws CodedError `stock.duplicateName` */
  add(type: ItemTypeInput): ItemTypeView
  /** @throws CodedError `stock.entryNotFound`, `stock.duplicateName` */
  update(id: string, type: ItemTypeInput): ItemTypeView
  /** @throws CodedError `stock.entryNotFound`, `stock.entryInUse` when items are of it, also removed ones, or it is built in */
  remove(id: string): void
  fields(): CustomFieldView[]
  /** @throws CodedError `stock.duplicateName` when an item could have another field of that name, whatever its case and accents */
  addField(field: CustomFieldInput): CustomFieldView
  /** @throws CodedError `stock.entryNotFound`, and as `addField` */
  updateField(id: number, field: CustomFieldInput): CustomFieldView
  /** What items say in it stays with them, and is seen again when the field comes back by `restoreField`. */
  removeField(id: number): CustomFieldView
  restoreField(field: CustomFieldView): CustomFieldView
}

export function createItemTypes(database: Database): ItemTypes {
  const typesSql = `
    SELECT item_types.*, (SELECT count(*) FROM items WHERE items.type = item_types.id AND removed_at IS NULL) AS items
    FROM item_types`
  const selectAll = database.prepare<[], TypeRow>(`${typesSql} ORDER BY position, name COLLATE NOCASE`)
  const selectOne = database.prepare<[string], TypeRow>(`${typesSql} WHERE id = ?`)
  const selectPattern = database.prepare<[string], string>('SELECT tag_pattern FROM item_types WHERE id = ?').pluck()
  const selectByName = database
    .prepare<[string], string>("SELECT id FROM item_types WHERE name = ? COLLATE NOCASE AND name <> ''")
    .pluck()
  const insert = database.prepare<[string, string, string]>(
    'INSERT INTO item_types (id, name, tag_pattern, position) SELECT ?, ?, ?, max(position) + 1 FROM item_types',
  )
  const change = database.prepare<[string, string, string]>(
    'UPDATE item_types SET name = ?, tag_pattern = ? WHERE id = ?',
  )
  const erase = database.prepare<[string]>('DELETE FROM item_types WHERE id = ?')
  const selectFields = database.prepare<[], FieldRow>('SELECT * FROM custom_fields ORDER BY position, id')
  const selectField = database.prepare<[number], FieldRow>('SELECT * FROM custom_fields WHERE id = ?')
  // Fields that one item may have, of which a list or a file could not tell one from the other.
  const selectNamesake = database
    .prepare<[object], number>(
      `SELECT id FROM custom_fields WHERE ${folded('name')} = ${folded('@name')}
         AND (type IS NULL OR @type IS NULL OR type = @type) AND id IS NOT @id LIMIT 1`,
    )
    .pluck()
  const writeField = database.prepare(`
    INSERT INTO custom_fields (id, type, name, kind, choices, position)
    VALUES (@id, @type, @name, @kind, @choices, (SELECT coalesce(max(position), 0) + 1 FROM custom_fields))
    ON CONFLICT (id) DO UPDATE SET type = @type, name = @name, kind = @kind, choices = @choices`)
  const eraseField = database.prepare<[number]>('DELETE FROM custom_fields WHERE id = ?')

  const get = (id: string): TypeRow => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.entryNotFound', `no type ${id}`, { id })
    return row
  }
  const refuseTakenName = (name: string, id?: string): void => {
    const holder = selectByName.get(name)
    if (holder !== undefined && holder !== id) throw new CodedError('stock.duplicateName', `type ${name}`, { name })
  }
  const getField = (id: number): CustomFieldView => {
    const row = selectField.get(id)
    if (!row) throw new CodedError('stock.entryNotFound', `no field ${id}`, { id })
    return fieldView(row)
  }
  const writeRow = (id: number | null, { type, choices, ...field }: CustomFieldInput): CustomFieldView => {
    try {
      const { lastInsertRowid } = writeField.run({ ...field, id, type: type ?? null, choices: JSON.stringify(choices) })
      return getField(id ?? Number(lastInsertRowid))
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_UNIQUE') throw error
      throw new CodedError('stock.duplicateName', `field ${field.name}`, { name: field.name })
    }
  }
  const refuseNamesake = (id: number | null, { name, type }: CustomFieldInput): void => {
    if (selectNamesake.get({ id, name, type: type ?? null }) !== undefined)
      throw new CodedError('stock.duplicateName', `field ${name}`, { name })
  }

  return {
    list: () => selectAll.all().map(typeView),
    has: (id) => selectPattern.get(id) !== undefined,
    patternOf: (id) => selectPattern.get(id) ?? get('other').tag_pattern,
    add({ name, tagPattern }) {
      refuseTakenName(name)
      const base = idFrom(name)
      let id = base
      for (let n = 2; selectPattern.get(id) !== undefined; n++) id = `${base}${n}`
      insert.run(id, name, tagPattern)
      return typeView(get(id))
    },
    update(id, { name, tagPattern }) {
      get(id)
      refuseTakenName(name, id)
      change.run(name, tagPattern, id)
      return typeView(get(id))
    },
    remove(id) {
      const { is_builtin: isBuiltIn, name } = get(id)
      const inUse = (): CodedError => new CodedError('stock.entryInUse', `type ${id} is in use`, { name: name || id })
      if (isBuiltIn === 1) throw inUse()
      try {
        erase.run(id)
      } catch (error) {
        if (!isConstraintError(error)) throw error
        throw inUse()
      }
    },
    fields: () => selectFields.all().map(fieldView),
    addField(field) {
      refuseNamesake(null, field)
      return writeRow(null, field)
    },
    updateField(id, field) {
      const { name, type } = getField(id)
      // Two that were there before this was refused may stay as they are.
      if (field.name !== name || field.type !== type) refuseNamesake(id, field)
      return writeRow(id, field)
    },
    removeField(id) {
      const field = getField(id)
      eraseField.run(id)
      return field
    },
    restoreField: ({ id, ...field }) => writeRow(id, field),
  }
}

/** A short word for the database: letters and digits of the name, without accents. */
const idFrom = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z0-9]+/g, '')
    .toLowerCase()
    .slice(0, 24) || 'type'

const typeView = (row: TypeRow): ItemTypeView => ({
  id: row.id,
  name: row.name,
  tagPattern: row.tag_pattern,
  isBuiltIn: row.is_builtin === 1,
  items: row.items,
})

const fieldView = (row: FieldRow): CustomFieldView => ({
  id: row.id,
  ...(row.type === null ? {} : { type: row.type }),
  name: row.name,
  kind: row.kind,
  choices: JSON.parse(row.choices) as string[],
})
