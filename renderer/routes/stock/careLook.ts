import type { InterventionState, MovementKind, StockLevelState } from '../../../src/contract/index.ts'
import type { Tone } from '../../components/tones.ts'

export const interventionTone: Record<InterventionState, Tone> = {
  new: 'blue',
  assigned: 'violet',
  waiting: 'amber',
  solved: 'green',
  closed: 'neutral',
}

/** From 1 (can wait) to 5 (now). */
export const priorityTone: Record<number, Tone> = { 1: 'neutral', 2: 'neutral', 3: 'blue', 4: 'amber', 5: 'red' }

export const levelTone: Record<StockLevelState, Tone> = { out: 'red', low: 'amber', ok: 'green' }

export const movementTone: Record<MovementKind, Tone> = {
  in: 'green',
  out: 'blue',
  transfer: 'neutral',
  correction: 'amber',
}

/** `YYYY-MM-DD` of so many days from now, where the technician is. */
export function dayFromNow(days: number): string {
  const date = new Date()
  date.setDate(date.getDate() + days)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}
