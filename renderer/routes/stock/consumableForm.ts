import { consumableInputSchema, type ConsumableInput, type ConsumableView } from '../../../src/contract/index.ts'
import { Form, linesOf, usualMessage } from '../../components/form.svelte.ts'
import { t } from '../../messages/words.svelte.ts'
import { numberOf } from './itemForm.ts'

/** A consumable as it is typed in: numbers are texts until they are checked. */
export interface ConsumableDraft extends Omit<
  ConsumableInput,
  'priceCents' | 'threshold' | 'target' | 'pages' | 'printerModels'
> {
  price: string
  threshold: string
  target: string
  pages: string
  /** One model per line. */
  printerModels: string
}

const text = (value: number | undefined): string => (value === undefined ? '' : String(value))

/** @param consumable the one to edit; none for a new one. */
export const makeConsumableForm = (consumable?: ConsumableView): Form<ConsumableDraft, ConsumableInput> =>
  new Form(
    {
      reference: consumable?.reference ?? '',
      name: consumable?.name ?? '',
      category: consumable?.category ?? 'cartridge',
      manufacturer: consumable?.manufacturer ?? '',
      barcode: consumable?.barcode ?? '',
      unit: consumable?.unit ?? '',
      supplier: consumable?.supplier ?? '',
      supplierReference: consumable?.supplierReference ?? '',
      notes: consumable?.notes ?? '',
      price: consumable?.priceCents === undefined ? '' : String(consumable.priceCents / 100),
      threshold: text(consumable?.threshold),
      target: text(consumable?.target),
      pages: text(consumable?.pages),
      printerModels: consumable?.printerModels.join('\n') ?? '',
    },
    consumableInputSchema,
    ({ price, ...draft }) => ({
      ...draft,
      priceCents: numberOf(price, 100),
      threshold: numberOf(draft.threshold),
      target: numberOf(draft.target),
      pages: numberOf(draft.pages),
      printerModels: linesOf(draft.printerModels),
    }),
    (field, issue) => {
      if (field === 'target' && issue.code === 'custom') return t('consumable.target')
      return ['price', 'threshold', 'target', 'pages'].includes(field) ? t('field.number') : usualMessage(issue)
    },
    { priceCents: 'price' },
  )
