import { itemPatchSchema, itemStates, type CustomFieldView, type ItemPatch } from '../../../src/contract/index.ts'
import { itemTypeName } from '../../messages/sentences.ts'
import { t } from '../../messages/words.svelte.ts'
import type { Stock } from '../../stores/stock.svelte.ts'
import { amountOf, choicesOf, customColumn, fieldName } from './customFields.ts'
import { numberOf } from './itemForm.ts'
import type { ManyField } from './manyFields.ts'

const plainFields = [
  ...(['location', 'state', 'type', 'manufacturer', 'model', 'supplier', 'orderNumber', 'priceCents'] as const),
  ...(['purchasedOn', 'warrantyUntil', 'name', 'cpu', 'memoryMiB', 'disks', 'firmware', 'biosVersion'] as const),
  ...(['biosDate', 'notes'] as const),
] satisfies readonly (keyof ItemPatch)[]
type PlainField = (typeof plainFields)[number]

const days: ReadonlySet<PlainField> = new Set(['purchasedOn', 'warrantyUntil', 'biosDate'] as const)
/** Numbers, and what one of their unit is in the contract's. */
const scales: Partial<Record<PlainField, number>> = { priceCents: 100, memoryMiB: 1024 }

/** What many items can be given the same of: their own fields too. */
export const itemManyFields = (
  stock: Pick<Stock, 'customFields' | 'itemTypes' | 'locations' | 'references'>,
): ManyField<ItemPatch>[] => [
  ...plainFields.map((id) => plainField(id, stock)),
  ...stock.customFields.map((field) => customField(field, stock.customFields)),
]

function plainField(
  id: PlainField,
  { itemTypes, locations, references }: Pick<Stock, 'itemTypes' | 'locations' | 'references'>,
): ManyField<ItemPatch> {
  const scale = scales[id]
  const field = {
    id,
    label: t(`item.field.${id}`),
    patchOf: (typed: string) =>
      itemPatchSchema.safeParse({ [id]: scale === undefined ? typed : numberOf(typed, scale) }).data,
  }
  if (id === 'state') {
    const choices = itemStates.map((state) => ({ value: state, label: t(`itemState.${state}`) }))
    return { ...field, kind: 'choice', choices, begin: 'inService' }
  }
  if (id === 'type') {
    const choices = itemTypes.map((type) => ({ value: type.id, label: itemTypeName(type.id) }))
    return { ...field, kind: 'choice', choices, begin: 'pc' }
  }
  const hint = t('stock.many.clears')
  if (id === 'location') return { ...field, kind: 'text', hint, known: locations.map(({ path }) => path) }
  if (id === 'supplier') return { ...field, kind: 'text', hint, known: references.suppliers.map(({ name }) => name) }
  const kind = id === 'notes' ? 'lines' : days.has(id) ? 'day' : scale === undefined ? 'text' : 'number'
  return { ...field, kind, hint }
}

function customField(field: CustomFieldView, all: readonly CustomFieldView[]): ManyField<ItemPatch> {
  const many = {
    id: customColumn(field),
    label: fieldName(field, all),
    patchOf: (typed: string) =>
      field.kind === 'number' && Number.isNaN(amountOf(typed))
        ? undefined
        : itemPatchSchema.safeParse({ custom: { [field.id]: typed.trim() } }).data,
  }
  const ofType = field.type === undefined ? undefined : t('stock.many.ofType', { type: itemTypeName(field.type) })
  if (field.kind === 'choice' || field.kind === 'yesNo') {
    const choices = choicesOf(field, '').map((choice) => ({ value: choice, label: choice || t('stock.many.nothing') }))
    return { ...many, kind: 'choice', choices, hint: ofType }
  }
  return { ...many, kind: field.kind === 'date' ? 'day' : field.kind, hint: ofType ?? t('stock.many.clears') }
}
