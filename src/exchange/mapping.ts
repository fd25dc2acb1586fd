import type { CustomFieldView, ImportField, ImportOrigin } from '../contract/index.ts'
import { fieldWords, fold, lookupOf } from './itemWords.ts'

const fieldLookup = lookupOf(fieldWords)

/** Heads that Snipe-IT alone writes, and those that GLPI does. */
const snipeHeads = [
  'asset tag',
  'item name',
  'model number',
  'checked out to username',
  'asset notes',
  'company',
  'qty',
  'min amount',
]
const glpiHeads = [
  'lieu',
  'fabricant',
  'numero d inventaire',
  'inventory number',
  'entite',
  'entity',
  'usager',
  'otherserial',
]

/** What each column says, by its head; a field is taken from the first column that says it. */
export function proposeMapping(
  heads: readonly string[],
  customFields: readonly CustomFieldView[],
): { mapping: ImportField[]; origin: ImportOrigin } {
  const customByName = new Map(customFields.map(({ id, name }) => [fold(name), `custom:${id}` as const]))
  const taken = new Set<ImportField>()
  const mapping = heads.map((head): ImportField => {
    const folded = fold(head)
    const field = fieldLookup.get(folded) ?? customByName.get(folded)
    if (field === undefined || taken.has(field)) return 'ignore'
    taken.add(field)
    return field
  })
  return { mapping, origin: originOf(heads) }
}

function originOf(heads: readonly string[]): ImportOrigin {
  const folded = heads.map(fold)
  const count = (known: readonly string[]): number => known.filter((head) => folded.includes(head)).length
  const own = ['fr', 'en'] as const
  const ours = Object.values(fieldWords)
  if (own.some((language) => ours.every((words) => folded.includes(fold(words[language][0] ?? ''))))) return 'amorce'
  const [snipe, glpi] = [count(snipeHeads), count(glpiHeads)]
  if (snipe >= 2 && snipe > glpi) return 'snipeIt'
  return glpi >= 2 ? 'glpi' : 'other'
}
