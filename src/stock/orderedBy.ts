/**
 * SQL that sorts by a column, one way or the other; rows that say nothing in it come last either way, and those that say the
 * same by their ids, so that no page repeats or skips one.
 */
export const orderedBy = (column: string, descending: boolean, id = 'id'): string => {
  const direction = descending ? 'DESC' : 'ASC'
  return `coalesce(${column}, '') = '', ${column} ${direction}, ${id} ${direction}`
}
