import type { LocationView } from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'

/** What a list can be kept to: one place with all in it, or anywhere. */
export const placeChoices = (locations: readonly LocationView[]): { value: string; label: string }[] => [
  { value: '', label: t('stock.filter.anywhere') },
  ...locations.map(({ id, path }) => ({ value: String(id), label: path })),
]
