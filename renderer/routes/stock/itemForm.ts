import {
  itemInputSchema,
  type ItemInput,
  type ItemState,
  type ItemType,
  type ItemView,
} from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'
import { Form, linesOf, usualMessage } from '../../components/form.svelte.ts'

/** An item as it is typed in: MACs are lines of text until they are checked. */
export interface ItemDraft {
  assetTag: string
  type: ItemType
  state: ItemState
  location: string
  manufacturer: string
  model: string
  serial: string
  macs: string
  uuid: string
  notes: string
  name: string
  /** The asset tag of what it is part of. */
  parentTag: string
  supplier: string
  orderNumber: string
  /** In euros, with a comma or a point. */
  price: string
  purchasedOn: string
  warrantyUntil: string
  cpu: string
  /** In GB. */
  memory: string
  disks: string
  firmware: string
  biosVersion: string
  biosDate: string
  custom: Record<string, string>
}

const emptyDraft: ItemDraft = {
  assetTag: '',
  type: 'pc',
  state: 'inService',
  location: '',
  manufacturer: '',
  model: '',
  serial: '',
  macs: '',
  uuid: '',
  notes: '',
  name: '',
  parentTag: '',
  supplier: '',
  orderNumber: '',
  price: '',
  purchasedOn: '',
  warrantyUntil: '',
  cpu: '',
  memory: '',
  disks: '',
  firmware: '',
  biosVersion: '',
  biosDate: '',
  custom: {},
}

const draftOf = (item: ItemView): ItemDraft => ({
  assetTag: item.assetTag,
  type: item.type,
  state: item.state,
  location: item.location,
  manufacturer: item.manufacturer,
  model: item.model,
  serial: item.serial,
  macs: item.macs.join('\n'),
  uuid: item.uuid,
  notes: item.notes,
  name: item.name ?? '',
  parentTag: item.parentTag ?? '',
  supplier: item.supplier ?? '',
  orderNumber: item.orderNumber ?? '',
  price: item.priceCents === undefined ? '' : String(item.priceCents / 100),
  purchasedOn: item.purchasedOn ?? '',
  warrantyUntil: item.warrantyUntil ?? '',
  cpu: item.cpu ?? '',
  memory: item.memoryMiB === undefined ? '' : String(Math.round((item.memoryMiB / 1024) * 10) / 10),
  disks: item.disks ?? '',
  firmware: item.firmware ?? '',
  biosVersion: item.biosVersion ?? '',
  biosDate: item.biosDate ?? '',
  custom: { ...item.custom },
})

/** Null for nothing; what is no number stays a text, which the schema refuses. */
export function numberOf(typed: string, scale = 1): number | string | null {
  const text = typed.trim().replace(/\s/g, '').replace(',', '.')
  if (text === '') return null
  return Number.isFinite(Number(text)) ? Math.round(Number(text) * scale) : typed
}

/** The fields of the contract by the names that the draft has for them. */
const draftNames: Record<string, keyof ItemDraft> = { priceCents: 'price', memoryMiB: 'memory' }

/** @param item the item to edit; none for a new one. What it is part of is looked up by its tag when it is saved. */
export const makeItemForm = (item?: ItemView): Form<ItemDraft, ItemInput> =>
  new Form(
    item ? draftOf(item) : emptyDraft,
    itemInputSchema,
    ({ price, memory, parentTag: _, ...draft }) => ({
      ...draft,
      macs: linesOf(draft.macs),
      priceCents: numberOf(price, 100),
      // What was not touched stays to the MiB.
      memoryMiB: item?.memoryMiB && memory === draftOf(item).memory ? item.memoryMiB : numberOf(memory, 1024),
    }),
    (field, issue) => {
      if (field === 'macs') return issue.path.length > 1 ? t('field.mac') : t('field.macCount')
      if (field === 'price' || field === 'memory') return t('field.number')
      if (field === 'purchasedOn' || field === 'warrantyUntil' || field === 'biosDate') return t('field.date')
      return field === 'uuid' ? t('field.uuid') : usualMessage(issue)
    },
    draftNames,
  )
