import type { BuiltInItemType, ItemField, ItemView } from '../contract/index.ts'

/**
 * FTS5 queries for each word that was typed, and for all of them together; `'all'` when nothing was typed, `'none'` when
 * what was typed has no letter and no digit to look for.
 */
export type SearchQuery = { words: string[]; match: string } | 'all' | 'none'

/**
 * What a person typed, as an FTS5 query: every word must be there, each as the beginning of one (`pc-00` finds `PC-0001`).
 * Each word is quoted, so nothing in it is an operator of FTS5.
 */
export function toSearchQuery(typed: string): SearchQuery {
  const text = onOneLine(typed)
  if (text === '') return 'all'
  const words = [...new Set(text.toLowerCase().split(' '))]
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    // Whatever has a word has its beginning.
    .filter((word, _, all) => !all.some((other) => other !== word && other.startsWith(word)))
    .map((word) => `"${word.replaceAll('"', '""')}"*`)
  return words.length === 0 ? 'none' : { words, match: words.join(' ') }
}

/** Everything an item is found by; tags, serials, UUIDs and MACs also without their separators. */
export function searchText(item: ItemView): string {
  const codes = [item.assetTag, item.serial, item.uuid, ...item.macs]
  const bareCodes = codes.map((code) => code.replace(/[^\p{L}\p{N}]+/gu, ''))
  const words = [
    typeWords[item.type as BuiltInItemType] ?? item.type,
    item.name,
    item.manufacturer,
    item.model,
    item.location,
    item.supplier,
    item.orderNumber,
    item.parentTag,
    ...Object.values(item.custom ?? {}),
    item.notes,
  ]
  return onOneLine([...codes, ...bareCodes, ...words].join(' '))
}

const searchedFields: ReadonlySet<ItemField> = new Set<ItemField>([
  ...(['assetTag', 'serial', 'uuid', 'macs', 'type', 'name', 'manufacturer', 'model', 'location'] as const),
  ...(['supplier', 'orderNumber', 'parentId', 'custom', 'notes'] as const),
])
/** Whether any of these fields is in `searchText`. */
export const isFoundBy = (fields: ReadonlySet<ItemField>): boolean =>
  [...fields].some((field) => searchedFields.has(field))

/** What people call each type, in both languages; it is searched, never shown. */
const typeWords: Record<BuiltInItemType, string> = {
  pc: 'pc ordinateur poste unité centrale computer desktop',
  laptop: 'portable ordinateur laptop notebook computer',
  server: 'serveur server',
  screen: 'écran moniteur screen monitor display',
  printer: 'imprimante printer',
  copier: 'copieur photocopieur copier photocopier',
  switch: 'commutateur switch',
  router: 'routeur router',
  ups: 'onduleur ups',
  projector: 'vidéoprojecteur projecteur projector beamer',
  cable: 'câble cable cordon',
  other: 'autre other',
}

/** Composed (NFC) and without control characters: SQLite ends a query at the first NUL. */
const onOneLine = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .trim()
