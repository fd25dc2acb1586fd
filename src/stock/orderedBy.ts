/** SQL that sorts by a column, one way or the other; rows that say the same in it by their ids, so that no page repeats or skips one. */
export const orderedBy = (column: string, descending: boolean, id = 'id'): string => {
  const direction = descending ? 'DESC' : 'ASC'
  return `${column} ${direction}, ${id} ${direction}`
}
