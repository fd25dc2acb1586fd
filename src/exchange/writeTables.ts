import * as xlsx from '@e965/xlsx'
import type { CustomFieldView, ItemTypeView, ItemView, Language, PlainImportField } from '../contract/index.ts'
import { withGuard } from './delimited.ts'
import { fieldHeads } from './fieldHeads.ts'
import { fieldWords, stateWords, typeName } from './itemWords.ts'

/** What a spreadsheet of that language opens as columns. */
const separatorOf: Record<Language, string> = { fr: ';', en: ',' }

/** What spreadsheets know UTF-8 by. */
export const byteOrderMark = '\ufeff'

/** RFC 4180 but for the separator; no text of it is run as a formula. */
export const csvLine = (row: readonly string[], language: Language): string =>
  `${row.map((text) => quoted(withGuard(text))).join(separatorOf[language])}\r\n`

export const writeCsv = (rows: readonly (readonly string[])[], language: Language): string =>
  byteOrderMark + rows.map((row) => csvLine(row, language)).join('')

const quoted = (text: string): string => (/[;,"\r\n\t|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A workbook of one sheet whose cells are all texts, so that tags keep their zeros and nothing is a formula. */
export function writeXlsx(rows: readonly (readonly string[])[], sheetName: string): Uint8Array {
  const cells = rows.map((row) => row.map((text): xlsx.CellObject => ({ t: 's', v: text.slice(0, longestCell) })))
  const sheet = xlsx.utils.aoa_to_sheet(cells, { dense: true })
  const [head] = rows
  sheet['!cols'] = (head ?? []).map((title) => ({ wch: Math.max(12, title.length + 2) }))
  const book = xlsx.utils.book_new()
  xlsx.utils.book_append_sheet(book, sheet, sheetName.slice(0, 31))
  return new Uint8Array(xlsx.write(book, { type: 'array', bookType: 'xlsx', compression: true }) as ArrayBuffer)
}
/** Of a workbook's cell, in characters. */
const longestCell = 32_767

/** Items as rows under their heads, in the words of a language; an import reads them back as they were. */
export function itemRows(
  items: Iterable<ItemView>,
  language: Language,
  { types, customFields }: { types: readonly ItemTypeView[]; customFields: readonly CustomFieldView[] },
): string[][] {
  const fields = Object.keys(fieldWords) as (keyof typeof fieldWords)[]
  const customHeads = fieldHeads(customFields, types, language)
  const heads = [
    ...fields.map((field) => headOf(field, language)),
    ...customFields.map(({ id, name }) => customHeads.get(id) ?? name),
  ]
  const typeNames = new Map(types.map(({ id }) => [id, typeName(id, language, types)]))
  const rows = [heads]
  for (const item of items)
    rows.push([
      ...fields.map((field) => cellOf(item, field, language, typeNames)),
      ...customFields.map(({ id }) => item.custom?.[id] ?? ''),
    ])
  return rows
}

export const headOf = (field: PlainImportField, language: Language): string => fieldWords[field][language][0] ?? field

function cellOf(
  item: ItemView,
  field: keyof typeof fieldWords,
  language: Language,
  typeNames: ReadonlyMap<string, string>,
): string {
  switch (field) {
    case 'type':
      return typeNames.get(item.type) ?? item.type
    case 'state':
      return stateWords[item.state][language][0] ?? item.state
    case 'macs':
      return item.macs.join(' ')
    case 'priceCents':
      return item.priceCents === undefined
        ? ''
        : (item.priceCents / 100).toFixed(2).replace('.', language === 'fr' ? ',' : '.')
    default:
      return String(item[field] ?? '')
  }
}
