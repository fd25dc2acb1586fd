import type { Mac } from '../events.ts'

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
export type ItemType = (typeof itemTypes)[number]

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

export interface ItemView {
  id: number
  assetTag: string
  type: ItemType
  manufacturer: string
  model: string
  serial: string
  macs: Mac[]
  uuid: string
  location: string
  state: ItemState
  notes: string
  createdAt: number
  updatedAt: number
  /** When a machine matched to it was last heard on the network. */
  lastSeenAt?: number
}

export interface ItemPage {
  items: ItemView[]
  /** How many match in all. */
  total: number
}
