import { consumableCategories, consumablePatchSchema, type ConsumablePatch } from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'
import type { Stock } from '../../stores/stock.svelte.ts'
import { numberOf } from './itemForm.ts'
import type { ManyField } from './manyFields.ts'

/** How many there are is none of them: only movements change that. */
const fields = [
  ...(['threshold', 'target', 'supplier', 'priceCents', 'category', 'manufacturer', 'unit', 'pages', 'notes'] as const),
] satisfies readonly (keyof ConsumablePatch)[]

/** Numbers, and what one of their unit is in the contract's. */
const scales: Partial<Record<keyof ConsumablePatch, number>> = { threshold: 1, target: 1, priceCents: 100, pages: 1 }

/** What many consumables can be given the same of. */
export const consumableManyFields = ({ references }: Pick<Stock, 'references'>): ManyField<ConsumablePatch>[] =>
  fields.map((id) => {
    const scale = scales[id]
    const field = {
      id,
      label: t(`consumable.field.${id}`),
      patchOf: (typed: string) =>
        consumablePatchSchema.safeParse({ [id]: scale === undefined ? typed : numberOf(typed, scale) }).data,
    }
    if (id === 'category') {
      const choices = consumableCategories.map((value) => ({ value, label: t(`consumableCategory.${value}`) }))
      return { ...field, kind: 'choice', choices, begin: choices[0]?.value }
    }
    const hint = id === 'threshold' ? t('consumable.hint.threshold') : t('stock.many.clears')
    const known = id === 'supplier' ? references.suppliers.map(({ name }) => name) : undefined
    return { ...field, kind: id === 'notes' ? 'lines' : scale === undefined ? 'text' : 'number', hint, known }
  })
