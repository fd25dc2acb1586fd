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
