/** The look of every field one types or chooses in. */
export const fieldClass =
  'w-full rounded border border-line-strong bg-surface px-3 py-1.5 text-sm text-ink select-text aria-[invalid=true]:border-[var(--red-solid)] disabled:opacity-60'
