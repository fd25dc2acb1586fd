/** The letters from À to ž that are another one without their case and their mark. Unicode never changes what they are made of. */
const letters = Array.from({ length: 0x180 - 0xc0 }, (_, n) => String.fromCodePoint(0xc0 + n)).flatMap((letter) => {
  const [plain = ''] = letter.toLowerCase().normalize('NFD')
  return plain === letter ? [] : [[letter, plain] as const]
})
/** The marks of those letters, where they were written apart. */
const marks = [...new Set(letters.flatMap(([letter]) => [...letter.normalize('NFD')].slice(1)))]

/**
 * SQL for a text without its case and accents. In SQL and nothing else, so that a trigger may use it, and both what is
 * looked for and where it is looked for go through the same.
 */
export function folded(sql: string): string {
  let text = `lower(${sql})`
  for (const [letter, plain] of letters) text = `replace(${text}, '${letter}', '${plain}')`
  for (const mark of marks) text = `replace(${text}, '${mark}', '')`
  return text
}
