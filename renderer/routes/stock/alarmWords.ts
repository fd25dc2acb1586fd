import type { StockAlarm } from '../../../src/contract/index.ts'
import { formatDay, formatMemory } from '../../messages/format.ts'
import { tell } from '../../messages/words.svelte.ts'

/** An alarm as a sentence. */
export function alarmWords({ kind, details }: StockAlarm): string {
  const { day, count } = details
  return tell(`alarm.${kind}`, {
    ...details,
    date: typeof day === 'string' ? formatDay(day) : undefined,
    memory: kind === 'memoryMissing' && typeof count === 'number' ? formatMemory(count) : undefined,
  })
}
