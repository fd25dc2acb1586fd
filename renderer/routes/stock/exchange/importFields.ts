import { itemFields, type ImportField } from '../../../../src/contract/index.ts'
import { t } from '../../../messages/words.svelte.ts'

type PlainField = Exclude<ImportField, `custom:${number}`>

/** What a field is called; a custom one by the head of its own column. */
export const importFieldName = (field: ImportField, head = ''): string =>
  field.startsWith('custom:') ? head || field.slice(7) : t(`import.field.${field as PlainField}`)

/** What a column may become: every field, and the custom fields that columns were recognised as. */
export function fieldChoices(mapping: readonly ImportField[]): { value: ImportField; label: string }[] {
  const plain = itemFields.filter((field) => field !== 'parentId' && field !== 'custom')
  const custom = mapping.filter((field) => field.startsWith('custom:'))
  const fields: ImportField[] = ['ignore', ...plain, 'parentTag', ...custom]
  return fields.map((value) => ({ value, label: importFieldName(value) }))
}
