import {
  consumableImportFields,
  itemFields,
  referenceImportFields,
  type ConsumableImportField,
  type CustomFieldView,
  type ImportField,
  type ImportSubject,
  type ReferenceImportField,
} from '../../../../src/contract/index.ts'
import { t } from '../../../messages/words.svelte.ts'
import { customColumn, fieldName } from '../customFields.ts'

type PlainField = Exclude<
  ImportField,
  `custom:${number}` | `consumable:${ConsumableImportField}` | ReferenceImportField
>
const isReference = (field: ImportField): field is ReferenceImportField => /^(locations|people|suppliers):/.test(field)

/** What a field is called; a custom one by the head of its own column. */
export function importFieldName(field: ImportField, head = ''): string {
  if (field.startsWith('custom:')) return head || field.slice(7)
  if (field.startsWith('consumable:')) return t(`import.consumable.${field.slice(11) as ConsumableImportField}`)
  if (isReference(field)) return t(`import.${field}`)
  return t(`import.field.${field as PlainField}`)
}

/** What a column may become. */
export function fieldChoices(
  subject: ImportSubject,
  customFields: readonly CustomFieldView[],
): { value: ImportField; label: string }[] {
  if (subject === 'consumables')
    return ['ignore' as const, ...consumableImportFields.map((field) => `consumable:${field}` as const)].map(
      (value) => ({
        value,
        label: importFieldName(value),
      }),
    )
  if (subject !== 'items')
    return [
      'ignore' as const,
      ...referenceImportFields[subject].map((field) => `${subject}:${field}` as ReferenceImportField),
    ].map((value) => ({ value, label: importFieldName(value) }))
  const plain = itemFields.filter((field) => field !== 'parentId' && field !== 'custom')
  const fields: ImportField[] = ['ignore', ...plain, 'parentTag']
  return [
    ...fields.map((value) => ({ value, label: importFieldName(value) })),
    ...customFields.map((field) => ({ value: customColumn(field), label: fieldName(field, customFields) })),
  ]
}
