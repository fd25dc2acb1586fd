export const foundKinds = [
  'item',
  'consumable',
  'loan',
  'intervention',
  'note',
  'person',
  'supplier',
  'location',
  'batch',
  'document',
  'room',
  'sitting',
  'candidate',
] as const
export type FoundKind = (typeof foundKinds)[number]

/** What has a list of its own that is searched by the same words, beside items. */
export const listedKinds = [
  ...(['consumable', 'loan', 'intervention', 'batch', 'supplier', 'person', 'location'] as const),
] satisfies readonly FoundKind[]
export type ListedKind = (typeof listedKinds)[number]

/** What the one search box found. */
export interface FoundRecord {
  kind: FoundKind
  /** Of what it opens: a comment opens its intervention, a document its item or batch, a candidate their sitting. */
  id: number
  title: string
  note: string
  /** An item's type; `item` or `batch` for a document. */
  type?: string
}
