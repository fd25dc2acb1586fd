import type { Page } from '@playwright/test'

/** Types as a keyboard wedge does: everything within a few milliseconds, then Enter. */
export const scan = (page: Page, code: string): Promise<void> =>
  page.evaluate(`for (const key of [...${JSON.stringify(code)}, 'Enter'])
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`)
