import type { core, ZodType } from 'zod'
import { t } from '../messages/words.svelte.ts'

type Issue = core.$ZodIssue

/**
 * What is being filled in. Each field that was changed is checked as it is typed in; the others once a save was tried.
 * The rules are those of the contract, so that what passes here passes in main.
 */
export class Form<Draft extends object, Input> {
  draft: Draft
  readonly #initial: string
  readonly #schema: ZodType<Input>
  readonly #toInput: (draft: Draft) => unknown
  readonly #messageOf: (field: keyof Draft, issue: Issue) => string
  readonly #draftNames: Readonly<Record<string, keyof Draft>>
  #wasTried = $state(false)
  /** What main refused, and the value it refused. */
  #refused = $state.raw<{ field: keyof Draft; text: string; value: string }>()

  /**
   * @param toInput what the schema is given for a draft, with the same names of fields but for `draftNames`.
   * @param messageOf the words for what the schema has against a field.
   * @param draftNames what the draft calls the fields that have another name in the schema.
   */
  constructor(
    initial: Draft,
    schema: ZodType<Input>,
    toInput: (draft: Draft) => unknown,
    messageOf: (field: keyof Draft, issue: Issue) => string,
    draftNames: Readonly<Record<string, keyof Draft>> = {},
  ) {
    const draft = $state({ ...initial })
    this.draft = draft
    this.#initial = JSON.stringify(initial)
    this.#schema = schema
    this.#toInput = toInput
    this.#messageOf = messageOf
    this.#draftNames = draftNames
  }

  readonly isChanged = $derived.by(() => JSON.stringify(this.draft) !== this.#initial)
  readonly #result = $derived.by(() => this.#schema.safeParse(this.#toInput({ ...this.draft })))

  /** The message for each field that is wrong and may be spoken of. */
  readonly errors = $derived.by(() => {
    const errors: Partial<Record<keyof Draft, string>> = {}
    for (const issue of this.#result.error?.issues ?? []) {
      const name = String(issue.path[0])
      const field = this.#draftNames[name] ?? (name as keyof Draft)
      if (this.#wasTried || this.#isFieldChanged(field)) errors[field] ??= this.#messageOf(field, issue)
    }
    const refused = this.#refused
    if (refused && refused.value === JSON.stringify(this.draft[refused.field])) errors[refused.field] ??= refused.text
    return errors
  })

  /** What is to be saved; undefined when something is wrong, and all of it is then shown. */
  submit(): Input | undefined {
    this.#wasTried = true
    return this.#result.success ? this.#result.data : undefined
  }

  /** What main had against a field is shown with it until the field says something else. */
  refuse(field: keyof Draft, text: string): void {
    this.#refused = { field, text, value: JSON.stringify(this.draft[field]) }
  }

  /** What was refused is mended by another field. */
  accept(): void {
    this.#refused = undefined
  }

  /** What would be saved now; undefined while something is wrong. */
  get input(): Input | undefined {
    return this.#result.success ? this.#result.data : undefined
  }

  #isFieldChanged(field: keyof Draft): boolean {
    return JSON.stringify(this.draft[field]) !== JSON.stringify((JSON.parse(this.#initial) as Draft)[field])
  }
}

/** For most fields: empty, too long, or otherwise wrong. */
export function usualMessage(issue: Issue): string {
  if (issue.code === 'too_small') return t('field.required')
  return issue.code === 'too_big' ? t('field.tooLong') : t('field.invalid')
}

/** One value per line, blank lines left out. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
