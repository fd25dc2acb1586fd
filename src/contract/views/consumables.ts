export const consumableCategories = ['cartridge', 'paper', 'part', 'cable', 'battery', 'other'] as const
export type ConsumableCategory = (typeof consumableCategories)[number]

/** `out` when there is none, `low` at its threshold or below, `ok` above it or without one. */
export const stockLevelStates = ['out', 'low', 'ok'] as const
export type StockLevelState = (typeof stockLevelStates)[number]

export interface ConsumableView {
  id: number
  reference: string
  name: string
  category: ConsumableCategory
  manufacturer: string
  barcode: string
  /** `box of 500`; empty for pieces. */
  unit: string
  supplier: string
  supplierReference: string
  priceCents?: number
  /** An alarm at this many or fewer; absent: never. */
  threshold?: number
  /** Ordered up to this many. */
  target?: number
  /** What a cartridge is good for, in pages. */
  pages?: number
  /** Models of printers that a cartridge fits. */
  printerModels: string[]
  notes: string
  /** In all places together: the sum of its movements. */
  quantity: number
  level: StockLevelState
  /** The first date on which some of it expires. */
  expiresOn?: string
  updatedAt: number
}

export interface ConsumablePage {
  consumables: ConsumableView[]
  total: number
}

/** How many there are in one place, of one lot. */
export interface StockLevel {
  consumableId: number
  locationId: number
  location: string
  /** Empty for what does not expire. */
  expiresOn: string
  quantity: number
}

export const movementKinds = ['in', 'out', 'transfer', 'correction'] as const
export type MovementKind = (typeof movementKinds)[number]

export const movementReasons = [
  'initial',
  'delivery',
  'return',
  'use',
  'repair',
  'given',
  'lost',
  'expired',
  'move',
  'count',
  'mistake',
  'undo',
] as const
export type MovementReason = (typeof movementReasons)[number]

/** One line of the ledger, never changed. `quantity` is above zero; where it went says which way. */
export interface MovementView {
  id: number
  at: number
  consumableId: number
  consumable: string
  kind: MovementKind
  quantity: number
  /** Path of the place it left; absent when it came from outside. */
  from?: string
  to?: string
  expiresOn: string
  reason: MovementReason
  note: string
  who: string
  /** To whom it was handed. */
  person?: string
  printer?: { id: number; assetTag: string }
  interventionId?: number
  /** The movement that this one takes back. */
  undoesId?: number
  isUndone: boolean
}

export interface MovementPage {
  /** Newest first. */
  movements: MovementView[]
  /** What to ask with as `before` for the next ones; absent at the end. */
  next?: number
}

/** What to order, up to the target. */
export interface ReorderLine {
  consumableId: number
  reference: string
  name: string
  supplier: string
  supplierReference: string
  unit: string
  quantity: number
  threshold: number
  target: number
  /** How many are missing up to the target. */
  order: number
  priceCents?: number
}

/** One cartridge that was put into a printer. */
export interface CartridgeChange {
  movementId: number
  at: number
  cartridge: string
  consumableId: number
  /** What the printer's counter said. */
  pages?: number
  /** Pages printed since the change before. */
  printed?: number
  who: string
}

export interface StockCountView {
  id: number
  locationId: number
  location: string
  startedAt: number
  finishedAt?: number
  who: string
  /** What is expected there or was counted there. */
  lines: StockCountLine[]
  /** Items that should be there or were scanned there. */
  items: StockCountItem[]
}

export interface StockCountLine {
  consumableId: number
  reference: string
  name: string
  expiresOn: string
  expected: number
  /** Absent until it was counted. */
  counted?: number
  explanation: string
}

export interface StockCountItem {
  itemId: number
  assetTag: string
  model: string
  /** `missing` until it is scanned. */
  finding: 'seen' | 'missing' | 'elsewhere'
  /** Where it was thought to be, when it is another place. */
  location?: string
}

/** What a scanned or typed code is. */
export type ScanFinding =
  | { kind: 'item'; id: number; assetTag: string }
  | { kind: 'consumable'; id: number; name: string }
  | { kind: 'location'; id: number; path: string }
  | { kind: 'none' }
