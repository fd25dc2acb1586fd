import type { ConsumableInput, ConsumableView } from '../contract/index.ts'

export const emptyConsumable: ConsumableInput = {
  ...{ reference: '', name: '', category: 'other', manufacturer: '', barcode: '', unit: '', supplier: '' },
  ...{
    supplierReference: '',
    priceCents: null,
    threshold: null,
    target: null,
    pages: null,
    printerModels: [],
    notes: '',
  },
}

/** What a consumable says, as it would be said anew. */
export function consumableInputOf({
  id: _,
  quantity,
  level,
  expiresOn,
  updatedAt,
  ...said
}: ConsumableView): ConsumableInput {
  void [quantity, level, expiresOn, updatedAt]
  return { ...emptyConsumable, ...said }
}
