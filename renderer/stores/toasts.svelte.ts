import type { Tone } from '../components/tones.ts'

export interface Toast {
  id: number
  tone: Tone
  title: string
  text?: string
  /** Small print for a support request, e.g. an error code. */
  detail?: string
  action?: { label: string; run: () => void }
}

const shownFor = 6_000
/** Long enough to read a remedy or to change one's mind. */
const shownLongFor = 12_000
const mostAtOnce = 4

/** Notifications at the foot of the window, newest last. Each leaves by itself, or when dismissed. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #nextId = 1
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  show(toast: Omit<Toast, 'id'>): void {
    // The same thing said twice is said once, anew.
    const same = this.list.find(({ title, text }) => title === toast.title && text === toast.text)
    if (same) this.dismiss(same.id)
    const id = this.#nextId++
    for (const crowded of this.list.slice(0, Math.max(this.list.length - mostAtOnce + 1, 0))) this.dismiss(crowded.id)
    this.list = [...this.list, { ...toast, id }]
    this.release(id)
  }

  dismiss(id: number): void {
    this.hold(id)
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  /** Keeps a notification while it is being read. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  /** Lets its time run again, from the beginning. */
  release(id: number): void {
    this.hold(id)
    const toast = this.list.find((candidate) => candidate.id === id)
    if (!toast) return
    const wait = toast.action || toast.text ? shownLongFor : shownFor
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), wait),
    )
  }
}
