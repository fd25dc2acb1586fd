/**
 * What the label of a place says, `LOC-0042`: the number that it is kept under, so that a place that is renamed or put
 * elsewhere keeps its label, in letters that every code and every scanner can do.
 */
export const placeCode = (id: number): string => `LOC-${String(id).padStart(4, '0')}`

/** The number of the place that a code is of; undefined when it is of none. */
export function placeOfCode(code: string): number | undefined {
  const digits = /^LOC-0*([1-9]\d{0,8})$/i.exec(code.trim())?.[1]
  return digits === undefined ? undefined : Number(digits)
}
