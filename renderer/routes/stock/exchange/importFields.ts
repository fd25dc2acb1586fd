import {
  consumableImportFields,
  itemFields,
  type ConsumableImportField,
  type ImportField,
  type ImportSubject,
} from '../../../../src/contract/index.ts'
import { t } from '../../../messages/words.svelte.ts'

type PlainField = Exclude<ImportField, `custom:${number}` | `consumable:${ConsumableImportField}`>

/** What a field is called; a custom one by the head of its own column. */
export function importFieldName(field: ImportField, head = ''): string {
  if (field.startsWith('custom:')) return head || field.slice(7)
  if (field.startsWith('consumable:')) return t(`import.consumable.${field.slice(11) as ConsumableImportField}`)
  return t(`import.field.${field as PlainField}`)
}

/** What a column may become: every field, and the custom fields that columns were recognised as. */
export function fieldChoices(
  subject: ImportSubject,
  mapping: readonly ImportField[],
): { value: ImportField; label: string }[] {
  if (subject === 'consumables')
    return ['ignore' as const, ...consumableImportFields.map((field) => `consumable:${field}` as const)].map(
      (value) => ({
        value,
        label: importFieldName(value),
      }),
    )
  const plain = itemFields.filter((field) => field !== 'parentId' && field !== 'custom')
  const custom = mapping.filter((field) => field.startsWith('custom:'))
  const fields: ImportField[] = ['ignore', ...plain, 'parentTag', ...custom]
  return fields.map((value) => ({ value, label: importFieldName(value) }))
}
