import type { ItemState, ItemType } from './stock.ts'

export interface LoanItemView {
  itemId: number
  assetTag: string
  model: string
  returnedAt?: number
  condition: string
}

export interface LoanView {
  id: number
  person: { id: number; name: string; department: string; email: string; phone: string }
  lentAt: number
  /** `YYYY-MM-DD`; absent: until further notice. */
  dueOn?: string
  purpose: string
  who: string
  items: LoanItemView[]
  /** Absent while something is still out. */
  endedAt?: number
  /** Days since it was due; absent while it is not overdue. */
  daysLate?: number
}

export interface LoanPage {
  loans: LoanView[]
  total: number
}

export const interventionKinds = ['failure', 'request', 'installation', 'maintenance', 'examIncident'] as const
export type InterventionKind = (typeof interventionKinds)[number]
export const interventionStates = ['new', 'assigned', 'waiting', 'solved', 'closed'] as const
export type InterventionState = (typeof interventionStates)[number]

export interface InterventionView {
  id: number
  title: string
  description: string
  kind: InterventionKind
  requester: string
  location: string
  item?: { id: number; assetTag: string }
  /** 1 to 3. */
  urgency: number
  /** 1 to 3. */
  impact: number
  /** 1 (can wait) to 5 (now): urgency + impact - 1. */
  priority: number
  state: InterventionState
  assignee: string
  openedAt: number
  updatedAt: number
  solvedAt?: number
  /** Of all its notes. */
  minutes: number
  who: string
}

export interface InterventionPage {
  interventions: InterventionView[]
  total: number
}

export interface InterventionNote {
  id: number
  at: number
  who: string
  text: string
  minutes: number
  /** What its state became, when it changed. */
  state?: InterventionState
}

export interface InterventionPart {
  movementId: number
  at: number
  consumableId: number
  name: string
  quantity: number
}

/** Failures of the same item, or of its model, in the twelve months before: mending it once more may not pay. */
export interface RepeatedFailure {
  ofItem: number
  ofModel: number
  model: string
}

export interface InterventionDetail extends InterventionView {
  /** Oldest first. */
  notes: InterventionNote[]
  parts: InterventionPart[]
  repeated?: RepeatedFailure
}

export interface DisposalItemView {
  itemId: number
  assetTag: string
  type: ItemType
  model: string
  serial: string
  /** Whether it may hold data, and so wants a proof that it was wiped. */
  holdsData: boolean
  /** Absent until it is written down. */
  wipe?: WipeProof
  /** Files that prove it, among the documents of the item. */
  proofFiles: number
}

/** As NIST SP 800-88 calls them, and two more. */
export const wipeKinds = ['clear', 'purge', 'destroyed', 'noMedium', 'other'] as const
export type WipeKind = (typeof wipeKinds)[number]

/** How the data of an item was wiped. */
export interface WipeProof {
  kind: WipeKind
  /** In words: the program, the command, the shredder. */
  method: string
  /** `YYYY-MM-DD` */
  wipedOn: string
  wipedBy: string
  /** The number of a certificate, a ticket, a file; empty when there is none. */
  reference: string
}

export interface DisposalBatchView {
  id: number
  name: string
  company: string
  slipNumber: string
  collectedOn?: string
  notes: string
  createdAt: number
  /** When it was collected; absent while things are gathered. */
  closedAt?: number
  who: string
  items: DisposalItemView[]
}

export const documentKinds = ['photo', 'invoice', 'manual', 'wipeProof', 'slip', 'other'] as const
export type DocumentKind = (typeof documentKinds)[number]

export interface DocumentView {
  id: number
  kind: DocumentKind
  name: string
  mediaType: string
  /** Bytes. */
  size: number
  addedAt: number
  who: string
}

/** A difference between what an item says and what its machine reported, for a person to decide. */
export interface ItemProposal {
  itemId: number
  field: ProposalField
  current: string
  reported: string
  firstAt: number
  lastAt: number
  /** Something is gone (memory, a disk): not a matter of writing. */
  isAlarming: boolean
  /** Of an asset tag: the item on the shelf that has it already, so that this one cannot take it. */
  takenBy?: number
}
export const proposalFields = [
  'assetTag',
  'manufacturer',
  'model',
  'serial',
  'uuid',
  'macs',
  'cpu',
  'memoryMiB',
  'disks',
  'firmware',
  'biosVersion',
  'biosDate',
] as const
export type ProposalField = (typeof proposalFields)[number]

export const swapReasons = ['state', 'failure', 'memoryMissing', 'diskMissing', 'tooLittleMemory'] as const
export type SwapReason = (typeof swapReasons)[number]

/** A PC that should not stand in an exam room, why, and what could take its place. */
export interface SwapAdvice {
  item: { id: number; assetTag: string; model: string; location: string; state: ItemState; memoryMiB?: number }
  reasons: SwapReason[]
  /** The best one first. */
  spares: { id: number; assetTag: string; model: string; location: string; memoryMiB?: number; sameModel: boolean }[]
}

/** Everything about one item. */
export interface ItemRelations {
  children: { id: number; assetTag: string; type: ItemType; model: string; state: ItemState }[]
  loans: LoanView[]
  interventions: InterventionView[]
  documents: DocumentView[]
  proposals: ItemProposal[]
  cartridges: CartridgeFit[]
  disposal?: { id: number; name: string }
}

/** A cartridge that fits this printer, and how many there are. */
export interface CartridgeFit {
  consumableId: number
  name: string
  quantity: number
}
