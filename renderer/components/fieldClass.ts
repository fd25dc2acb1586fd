/** The look of every field one types or chooses in. */
export const fieldClass =
  'w-full rounded border border-line-strong bg-surface px-3 py-1.5 text-sm text-ink select-text aria-[invalid=true]:border-[var(--red-solid)] disabled:opacity-60'

/** Of what a list is filtered by: marked while it holds something back. */
export const filterClass = (isOn: boolean): string =>
  isOn ? 'border-accent bg-accent-soft text-accent-ink' : 'border-line-strong bg-surface text-ink'

/** Of a button that opens more than a few values to filter by. */
export const filterButtonClass = (isOn: boolean): string =>
  `inline-flex h-9 shrink-0 items-center gap-2 rounded border px-3 text-sm font-medium ${filterClass(isOn)}`
