import type { Clock } from '../base/index.ts'

/** The day of a moment where the technician is, `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}

export const today = (clock: Clock): string => dayOf(clock.now())

const dayMs = 86_400_000

/** From one day to another, both as `YYYY-MM-DD`; below zero when the other was before. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / dayMs)

export const daysFromNow = (clock: Clock, days: number): string => dayOf(clock.now() + days * dayMs)

/** The last twelve months, the present one last: `YYYY-MM`. A negative count looks ahead, the present one first. */
export function months(clock: Clock, count: number): string[] {
  const now = new Date(clock.now())
  return Array.from({ length: Math.abs(count) }, (_, index) => {
    const shift = count > 0 ? index - count + 1 : index
    return dayOf(new Date(now.getFullYear(), now.getMonth() + shift, 1).getTime()).slice(0, 7)
  })
}
