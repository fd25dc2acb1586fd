import { CodedError, type LocationInput, type LocationKind, type LocationView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { guessLocationKind } from './locationKinds.ts'
import { createMemory, countWrites } from './memory.ts'

interface LocationRow {
  id: number
  parent_id: number | null
  name: string
  kind: LocationKind
  path: string
  notes: string
}

export interface Locations {
  /** Every place, in the order of its path. */
  list(): LocationView[]
  /** Another number once any place was made, changed or removed. */
  readonly revision: number
  /** @throws CodedError `stock.locationNotFound` */
  get(id: number): LocationView
  /** The place of that path or id, without counting its items; undefined when it is not there. */
  find(place: string | number): Omit<LocationView, 'items'> | undefined
  /** The place of that path, made with all that is around it when it is not there. Undefined for no path. */
  ensure(path: string): { id: number; path: string } | undefined
  /** @throws CodedError `stock.duplicateLocation` */
  add(location: LocationInput): LocationView
  /**
   * Gives it another name, kind or parent: whatever is inside goes with it.
   * @returns the ids of the items whose words for their place changed
   * @throws CodedError `stock.locationNotFound`, `stock.duplicateLocation`, `stock.locationInsideItself`
   */
  update(id: number, location: LocationInput): { location: LocationView; movedItems: number[] }
  /** @throws CodedError `stock.locationNotFound`, `stock.locationInUse` when anything is or was there. */
  remove(id: number): void
  /** It and everything inside it. */
  within(id: number): number[]
}

export const joinPath = (names: readonly string[]): string => names.join(' / ')

/** The names in a path as a person types it. */
export const namesIn = (path: string): string[] =>
  path
    .split('/')
    .map((name) => name.trim().replace(/\s+/g, ' '))
    .filter((name) => name !== '')

export function createLocations(database: Database): Locations {
  const remembered = createMemory(database)
  const places = countWrites(database, 'locations')
  const selectAll = database.prepare<[], LocationRow>('SELECT * FROM locations ORDER BY path COLLATE NOCASE')
  // All at once: a walk of one index instead of a look into it for each place.
  const selectCounts = database.prepare<[], { id: number; items: number }>(`
    SELECT location_id AS id, count(*) AS items FROM items
    WHERE location_id IS NOT NULL AND removed_at IS NULL GROUP BY location_id`)
  const selectOne = database.prepare<[number], LocationRow & { items: number }>(`
    SELECT locations.*,
      (SELECT count(*) FROM items WHERE location_id = locations.id AND removed_at IS NULL) AS items
    FROM locations WHERE id = ?`)
  const selectByPath = database.prepare<[string], LocationRow>('SELECT * FROM locations WHERE path = ? COLLATE NOCASE')
  const insert = database.prepare<[number | null, string, LocationKind, string, string]>(
    'INSERT INTO locations (parent_id, name, kind, path, notes) VALUES (?, ?, ?, ?, ?)',
  )
  const change = database.prepare<[number | null, string, LocationKind, string, string, number]>(
    'UPDATE locations SET parent_id = ?, name = ?, kind = ?, path = ?, notes = ? WHERE id = ?',
  )
  const changePath = database.prepare<[string, number]>('UPDATE locations SET path = ? WHERE id = ?')
  const selectChildren = database.prepare<[number], LocationRow>('SELECT * FROM locations WHERE parent_id = ?')
  const selectWithin = database
    .prepare<[number], number>(
      `WITH RECURSIVE within (id) AS (
         SELECT ? UNION ALL SELECT locations.id FROM locations JOIN within ON locations.parent_id = within.id
       ) SELECT id FROM within`,
    )
    .pluck()
  const selectItems = database
    .prepare<[string], number>(
      'SELECT id FROM items WHERE location_id IN (SELECT value FROM json_each(?)) AND removed_at IS NULL',
    )
    .pluck()
  const erase = database.prepare<[number]>('DELETE FROM locations WHERE id = ?')

  const rowOf = (id: number): LocationRow & { items: number } => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.locationNotFound', `no location ${id}`, { id })
    return row
  }
  const pathOf = ({ name, parentId }: LocationInput): string =>
    parentId === undefined ? name : joinPath([rowOf(parentId).path, name])
  const refuseTakenPath = (path: string, id?: number): void => {
    const holder = selectByPath.get(path)
    if (holder && holder.id !== id)
      throw new CodedError('stock.duplicateLocation', `location ${path} is there`, { path })
  }
  const renameInside = (id: number, path: string): void => {
    for (const child of selectChildren.all(id)) {
      const childPath = joinPath([path, child.name])
      changePath.run(childPath, child.id)
      renameInside(child.id, childPath)
    }
  }

  /** A place with all that is around it, each of which may be there already. */
  const make = database.transaction((names: readonly string[]) => {
    let parent: Pick<LocationRow, 'id' | 'path' | 'kind'> | undefined
    for (const [depth, name] of names.entries()) {
      const path: string = parent ? joinPath([parent.path, name]) : name
      const known = selectByPath.get(path)
      if (known) {
        parent = known
        continue
      }
      const kind = guessLocationKind(name, names.slice(depth + 1), parent?.kind)
      parent = { id: Number(insert.run(parent?.id ?? null, name, kind, path, '').lastInsertRowid), path, kind }
    }
    return parent && { id: parent.id, path: parent.path }
  })

  return {
    list: () =>
      remembered('list', () => {
        const counts = new Map(selectCounts.all().map(({ id, items }) => [id, items]))
        const views = places.remembered(() => selectAll.all().map((row) => locationView({ ...row, items: 0 })))
        return views.map((view) => ({ ...view, items: counts.get(view.id) ?? 0 }))
      }),
    get revision() {
      return places.revision
    },
    get: (id) => locationView(rowOf(id)),
    find(place) {
      const row = typeof place === 'number' ? selectOne.get(place) : selectByPath.get(place)
      return row && locationView({ ...row, items: 0 })
    },
    ensure(path) {
      const asTyped = path === '' ? undefined : selectByPath.get(path)
      if (asTyped) return { id: asTyped.id, path: asTyped.path }
      const names = namesIn(path)
      if (names.length === 0) return undefined
      const known = selectByPath.get(joinPath(names))
      return known ? { id: known.id, path: known.path } : make(names)
    },
    add(location) {
      const path = pathOf(location)
      refuseTakenPath(path)
      const { lastInsertRowid } = insert.run(
        location.parentId ?? null,
        location.name,
        location.kind,
        path,
        location.notes,
      )
      return locationView(rowOf(Number(lastInsertRowid)))
    },
    update: database.transaction((id: number, location: LocationInput) => {
      const before = rowOf(id)
      const inside = selectWithin.all(id)
      if (location.parentId !== undefined && inside.includes(location.parentId))
        throw new CodedError('stock.locationInsideItself', `location ${id} cannot be inside itself`, {
          path: before.path,
        })
      const path = pathOf(location)
      refuseTakenPath(path, id)
      const movedItems = path === before.path ? [] : selectItems.all(JSON.stringify(inside))
      change.run(location.parentId ?? null, location.name, location.kind, path, location.notes, id)
      if (path !== before.path) renameInside(id, path)
      return { location: locationView(rowOf(id)), movedItems }
    }),
    remove(id) {
      const { path } = rowOf(id)
      try {
        erase.run(id)
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error
        throw new CodedError('stock.locationInUse', `location ${path} is in use`, { path })
      }
    },
    within: (id) => selectWithin.all(id),
  }
}

const locationView = (row: LocationRow & { items: number }): LocationView => ({
  id: row.id,
  ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
  name: row.name,
  kind: row.kind,
  path: row.path,
  notes: row.notes,
  items: row.items,
})
