import type { Mac } from '../events.ts'

/** The types that Amorce brings; a technician may add others (`ItemTypeView`). */
export const itemTypes = [
  'pc',
  'laptop',
  'server',
  'screen',
  'printer',
  'copier',
  'switch',
  'router',
  'ups',
  'projector',
  'cable',
  'other',
] as const
export type BuiltInItemType = (typeof itemTypes)[number]
/** A built-in one, or one that was added. */
export type ItemType = BuiltInItemType | (string & {})

export const itemStates = [
  'inService',
  'spare',
  'loaned',
  'underRepair',
  'awaitingDisposal',
  'disposed',
  'lost',
] as const
export type ItemState = (typeof itemStates)[number]

/** What is not said of every item: absent when not known. Dates are `YYYY-MM-DD`. */
export interface ItemDetails {
  /** What its system calls it. */
  name?: string
  /** What it is part of or stands beside: the PC of a screen, the server of a card. */
  parentId?: number
  supplier?: string
  orderNumber?: string
  priceCents?: number
  purchasedOn?: string
  warrantyUntil?: string
  cpu?: string
  memoryMiB?: number
  /** In words: `512 GB NVMe, 1 TB HDD`. */
  disks?: string
  firmware?: string
  biosVersion?: string
  biosDate?: string
  /** Values of custom fields by the field's id. */
  custom?: Record<string, string>
}

export interface ItemView extends ItemDetails {
  id: number
  assetTag: string
  type: ItemType
  manufacturer: string
  model: string
  serial: string
  macs: Mac[]
  uuid: string
  /** The path of its location: `Site / Building / Room`. Empty when it is nowhere. */
  location: string
  locationId?: number
  state: ItemState
  notes: string
  createdAt: number
  updatedAt: number
  /** When a machine matched to it was last heard on the network. */
  lastSeenAt?: number
  parentTag?: string
}

export interface ItemPage {
  items: ItemView[]
  /** How many match in all. */
  total: number
}

/** What wrote a change: a machine's word is weaker than a person's. */
export const changeSources = ['person', 'machine', 'import'] as const
export type ChangeSource = (typeof changeSources)[number]

/** One line of an item's history. `created`, `removed` and `restored` are fields of their own, with nothing before. */
export interface ItemChange {
  /** Milliseconds since the Unix epoch. */
  at: number
  field: ItemField | 'created' | 'removed' | 'restored'
  before: string
  after: string
  /** Who, as they call themselves; empty when not known. */
  who: string
  source: ChangeSource
}

/** Everything of an item that a person may change, in the order in which it is shown. */
export const itemFields = [
  'assetTag',
  'name',
  'type',
  'state',
  'manufacturer',
  'model',
  'serial',
  'location',
  'macs',
  'uuid',
  'parentId',
  'supplier',
  'orderNumber',
  'priceCents',
  'purchasedOn',
  'warrantyUntil',
  'cpu',
  'memoryMiB',
  'disks',
  'firmware',
  'biosVersion',
  'biosDate',
  'custom',
  'notes',
] as const
export type ItemField = (typeof itemFields)[number]

export const locationKinds = ['site', 'building', 'room', 'cupboard', 'rack', 'seat', 'other'] as const
export type LocationKind = (typeof locationKinds)[number]

export interface LocationView {
  id: number
  parentId?: number
  name: string
  kind: LocationKind
  /** The names from the root, joined by ` / `. */
  path: string
  notes: string
  /** Items right here, not in what is inside it. */
  items: number
}

export interface ItemTypeView {
  id: ItemType
  /** What it was called by a person; empty for a built-in one that has its own words. */
  name: string
  /** `#` is a digit of a running number, `{yyyy}` and `{yy}` the year. */
  tagPattern: string
  isBuiltIn: boolean
  /** Items of this type. */
  items: number
}

export const customFieldKinds = ['text', 'number', 'date', 'choice', 'yesNo'] as const
export type CustomFieldKind = (typeof customFieldKinds)[number]

export interface CustomFieldView {
  id: number
  /** Absent: of every type. */
  type?: ItemType
  name: string
  kind: CustomFieldKind
  /** What may be chosen, for a `choice`. */
  choices: string[]
}

/** A column of the technician's own, by its field's id. */
export type CustomColumn = `custom:${number}`

/** How yes and no are written in files and by people, in small letters: the first two are what Amorce writes. */
export const yesNoWords = {
  yes: ['oui', 'yes', 'o', 'y', 'vrai', 'true', '1', 'x'],
  no: ['non', 'no', 'n', 'faux', 'false', '0'],
} as const
/** What a yes or no says; undefined when it is neither. */
export const yesNoOf = (value: string): keyof typeof yesNoWords | undefined => {
  const word = value.trim().toLowerCase()
  return (['yes', 'no'] as const).find((meaning) => (yesNoWords[meaning] as readonly string[]).includes(word))
}

export interface SupplierView {
  id: number
  name: string
  email: string
  phone: string
  address: string
  notes: string
}

/** Someone who borrows, asks or is handed something. */
export interface PersonView {
  id: number
  name: string
  email: string
  phone: string
  department: string
  notes: string
}
