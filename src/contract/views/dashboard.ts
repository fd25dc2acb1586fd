import type { InterventionKind } from './care.ts'
import type { ItemState } from './stock.ts'

/** What wants to be seen to. A key is stable, so that each is told once. */
export interface StockAlarm {
  key: string
  kind: AlarmKind
  /** What it is about: `{ name, count, date… }`, for its sentence. */
  details: Record<string, string | number>
  target: { place: 'item' | 'consumable' | 'loan' | 'intervention'; id: number }
  isUrgent: boolean
}
export const alarmKinds = [
  'outOfStock',
  'lowStock',
  'expired',
  'expiresSoon',
  'overdueLoan',
  'warrantyEnds',
  'urgentIntervention',
  'memoryMissing',
] as const
export type AlarmKind = (typeof alarmKinds)[number]

export interface StockDashboard {
  states: { state: ItemState; count: number }[]
  /** Items by whole years since they were bought; `unknown` when no date is known. */
  ages: { years: number; count: number }[]
  unknownAge: number
  /** Warranties that end in each of the next twelve months (`YYYY-MM`). */
  warranties: { month: string; count: number }[]
  /** What was used in each of the last twelve months, in pieces. */
  consumption: { month: string; quantity: number }[]
  /** Interventions opened in the last twelve months, by kind. */
  interventions: { month: string; kind: InterventionKind; count: number }[]
  openInterventions: { priority: number; count: number }[]
  alarms: StockAlarm[]
}
