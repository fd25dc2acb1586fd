import { t } from '../../messages/words.svelte.ts'

/** A field that many rows can be given the same value of. */
export interface ManyField<Patch extends object> {
  id: string
  label: string
  /** How its value is written: a day as `YYYY-MM-DD`, lines as more than one. */
  kind: 'text' | 'lines' | 'number' | 'day' | 'choice'
  /** What it can be, where that is a choice. */
  choices?: readonly { value: string; label: string }[]
  /** What it begins with; nothing without it. */
  begin?: string
  /** What is offered while one types. */
  known?: readonly string[]
  hint?: string
  /** The change that a value makes of each row; undefined when it is no value of this field. */
  patchOf: (typed: string) => Patch | undefined
}

/** What is said beside a value that the field cannot have. */
export function refusalOf({ kind }: Pick<ManyField<object>, 'kind'>): string {
  if (kind === 'day') return t('field.date')
  return kind === 'number' ? t('field.number') : t('field.invalid')
}
