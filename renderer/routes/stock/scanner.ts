/** No person types that fast, and no scanner reads so short a code. */
const fastestTypingMs = 35
const shortestCode = 4

/**
 * Listens for a scanner that types what it reads and then Enter (a keyboard wedge), wherever the keyboard is but in a
 * field. Returns what ends it.
 */
export function onScan(read: (code: string) => void): () => void {
  let code = ''
  let lastAt = 0

  function onkeydown(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : undefined
    if (
      target?.closest('input, textarea, select, [contenteditable]') ||
      event.ctrlKey ||
      event.altKey ||
      event.metaKey
    ) {
      code = ''
      return
    }
    const isFast = event.timeStamp - lastAt < fastestTypingMs
    lastAt = event.timeStamp
    if (event.key === 'Enter' && isFast && code.length >= shortestCode) {
      // Enter would open the row that has the keyboard.
      event.preventDefault()
      event.stopPropagation()
      read(code)
      code = ''
    } else if (event.key.length === 1) code = isFast ? code + event.key : event.key
  }

  // Before the list: a scanned `j` must not move its cursor once it is known to be a scanner's.
  window.addEventListener('keydown', onkeydown, { capture: true })
  return () => window.removeEventListener('keydown', onkeydown, { capture: true })
}
