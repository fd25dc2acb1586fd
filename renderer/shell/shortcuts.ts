import type { Console } from '../stores/console.svelte.ts'
import type { PlanZoom } from '../stores/planZoom.svelte.ts'
import { places } from '../stores/navigation.svelte.ts'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function zooms(planZoom: PlanZoom, { key, code }: KeyboardEvent): boolean {
  // The key of + does without Shift, and the digit without it on a French keyboard.
  if (key === '+' || key === '=') planZoom.by(1)
  else if (key === '-') planZoom.by(-1)
  else if (code === 'Digit0' || code === 'Numpad0') planZoom.fit()
  else return false
  return true
}

/** The keys that work everywhere: Ctrl+K, F1 for the help, Alt+1 to 6, `/` to filter, Escape to close the panel; + and - and 0 for the plan. */
export function onShortcut(
  { navigation, machines, journal, leases, labels, planZoom }: Console,
  event: KeyboardEvent,
): void {
  if (event.defaultPrevented) return
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    navigation.paletteOpen = !navigation.paletteOpen
    return
  }
  if (event.key === 'F1') {
    event.preventDefault()
    navigation.helpPage = navigation.helpPage === null ? 'index' : null
    return
  }
  if (navigation.helpPage !== null) return
  if (navigation.paletteOpen || navigation.preflightOpen || navigation.importOpen || labels.source) return
  if (event.altKey && !event.ctrlKey) {
    // By the key's position: the digits of a French keyboard need Shift.
    const place = places[['Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6'].indexOf(event.code)]
    if (!place) return
    event.preventDefault()
    navigation.place = place
    return
  }
  if (isTyping(event.target)) return
  if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('[data-search]')
    if (!search) return
    event.preventDefault()
    search.focus()
    search.select()
  } else if (planZoom.shown && !event.ctrlKey && !event.metaKey && zooms(planZoom, event)) {
    event.preventDefault()
  } else if (event.key === 'Escape' && !document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"]')) {
    if (navigation.place === 'exam' && machines.openMac !== null) machines.watch(null)
    else if (navigation.place === 'diagnosis') {
      journal.selected = undefined
      leases.selected = null
    }
  }
}
