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
})

/** @param item the item to edit; none for a new one. */
export const makeItemForm = (item?: ItemView): Form<ItemDraft, ItemInput> =>
  new Form(
    item ? draftOf(item) : emptyDraft,
    itemInputSchema,
    (draft) => ({ ...draft, macs: linesOf(draft.macs) }),
    (field, issue) => {
      if (field === 'macs') return issue.path.length > 1 ? t('field.mac') : t('field.macCount')
      return field === 'uuid' ? t('field.uuid') : usualMessage(issue)
    },
  )
