import {
  yesNoOf,
  type CustomColumn,
  type CustomFieldView,
  type CustomFilter,
  type ItemView,
} from '../../../src/contract/index.ts'
import { formatDay } from '../../messages/format.ts'
import { itemTypeName } from '../../messages/sentences.ts'
import { t } from '../../messages/words.svelte.ts'

export const customColumn = ({ id }: CustomFieldView): CustomColumn => `custom:${id}`

/** What a field is called: with its type where another type has one of that name. */
export function fieldName(field: CustomFieldView, all: readonly CustomFieldView[]): string {
  const isShared = all.some(({ id, name }) => id !== field.id && name.toLowerCase() === field.name.toLowerCase())
  return isShared && field.type !== undefined ? `${field.name} (${itemTypeName(field.type)})` : field.name
}

/** What an item says in a field, as it is read; empty for nothing. */
export function customText({ custom }: ItemView, { id, kind }: CustomFieldView): string {
  const value = custom?.[id] ?? ''
  if (kind === 'date' && /^\d{4}-\d\d-\d\d$/.test(value)) return formatDay(value)
  const meaning = kind === 'yesNo' ? yesNoOf(value) : undefined
  return meaning ? t(`item.custom.${meaning}`) : value
}

/** What can be chosen in a field of that kind, and what is there already: a file may have brought something else. */
export function choicesOf({ kind, choices }: CustomFieldView, value: string): string[] {
  if (kind !== 'yesNo') return [...new Set(['', ...choices, value])]
  // One that was written in the other language is the same.
  const meaning = yesNoOf(value)
  const offered = (['yes', 'no'] as const).map((one) => (one === meaning ? value : t(`item.custom.${one}`)))
  return [...new Set(['', ...offered, value])]
}

/** A number as it is typed, with a comma or a point: undefined for nothing, NaN for what is none. */
export function amountOf(typed: string): number | undefined {
  const text = typed.replace(/\s/g, '').replace(',', '.')
  if (text === '') return undefined
  return /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}

/** Of a filter that bounds nothing, nothing. */
export function unlessEmpty(filter: CustomFilter): CustomFilter | undefined {
  switch (filter.kind) {
    case 'text':
      return filter.contains.trim() === '' ? undefined : filter
    case 'number':
      return filter.min === undefined && filter.max === undefined ? undefined : filter
    case 'date':
      return filter.from === undefined && filter.to === undefined ? undefined : filter
    case 'choice':
      return filter.values.length === 0 ? undefined : filter
    case 'yesNo':
      return filter
  }
}
