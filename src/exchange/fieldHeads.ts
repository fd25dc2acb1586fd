import type { CustomFieldView, ItemTypeView, Language } from '../contract/index.ts'
import { fieldWords, fold, lookupOf, typeName } from './itemWords.ts'

const plainHeads = lookupOf(fieldWords)
const everyType: Record<Language, string> = { fr: 'tous types', en: 'every type' }

/**
 * What the columns of custom fields are headed by, so that each is known again: its name, with its type where another field
 * has that name, or every item has a column of it; with its number where a field of the same type has it as well.
 */
export function fieldHeads(
  fields: readonly CustomFieldView[],
  types: readonly ItemTypeView[],
  language: Language,
): Map<number, string> {
  const spellings = [
    ({ name }: CustomFieldView) => name,
    ({ name, type }: CustomFieldView) =>
      `${name} (${type === undefined ? everyType[language] : typeName(type, language, types)})`,
    ({ name, id }: CustomFieldView) => `${name} (${id})`,
  ]
  const heads = new Map<number, string>()
  const taken = new Set(plainHeads.keys())
  let left = fields
  for (const spell of spellings) {
    const folded = left.map((field) => fold(spell(field)))
    const isOwn = (head: string): boolean => !taken.has(head) && folded.indexOf(head) === folded.lastIndexOf(head)
    const own = left.filter((_, index) => isOwn(folded[index] ?? ''))
    left = left.filter((field) => !own.includes(field))
    for (const field of own) {
      heads.set(field.id, spell(field))
      taken.add(fold(spell(field)))
    }
  }
  for (const field of left) heads.set(field.id, field.name)
  return heads
}
