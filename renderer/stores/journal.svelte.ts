import {
  groupsByEvent,
  type EventGroup,
  type JournalEntry,
  type Mac,
  type ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

const pageSize = 200
/** More than anyone scrolls through; older entries are asked for again when needed. */
const keptAtMost = 5000
const typingPause = 200

/** The event journal, newest first: what happens now joins at the top, older entries are asked for at the bottom. */
export class Journal {
  entries = $state.raw<readonly JournalEntry[]>([])
  groups = $state.raw<readonly EventGroup[]>([])
  mac = $state<Mac | ''>('')
  search = $state('')
  paused = $state(false)
  /** How many new entries wait while paused. */
  waiting = $state(0)
  loaded = $state(false)
  reachedEnd = $state(false)
  selected = $state.raw<JournalEntry>()

  #held: JournalEntry[] = []
  #question = 0
  #asking = false
  #typing: ReturnType<typeof setTimeout> | undefined
  readonly #client: Client

  readonly isFiltered = $derived(this.groups.length > 0 || this.mac !== '' || this.search.trim() !== '')

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.full) {
      void this.refresh()
      return
    }
    if (!update.journal) return
    const fresh = update.journal.filter((entry) => this.#matches(entry)).reverse()
    if (fresh.length === 0) return
    if (this.paused) {
      this.#held = [...fresh, ...this.#held].slice(0, keptAtMost)
      this.waiting = this.#held.length
    } else this.#join(fresh)
  }

  async refresh(): Promise<void> {
    this.#question += 1
    this.#asking = false
    this.#held = []
    this.waiting = 0
    this.reachedEnd = false
    await this.#ask(0)
  }

  /** Asks for the entries before the oldest one shown. */
  async loadOlder(): Promise<void> {
    const oldest = this.entries.at(-1)
    if (!oldest || this.reachedEnd || this.#asking) return
    await this.#ask(oldest.id)
  }

  pause(): void {
    this.paused = true
  }

  goLive(): void {
    this.paused = false
    const held = this.#held
    this.#held = []
    this.waiting = 0
    this.#join(held)
  }

  searchFor(text: string): void {
    this.search = text
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => void this.refresh(), typingPause)
  }

  filter(filter: { groups?: readonly EventGroup[]; mac?: Mac | '' }): void {
    this.groups = filter.groups ?? this.groups
    this.mac = filter.mac ?? this.mac
    void this.refresh()
  }

  clearFilters(): void {
    this.search = ''
    this.filter({ groups: [], mac: '' })
  }

  async #ask(before: number): Promise<void> {
    const question = this.#question
    this.#asking = true
    const answer = await this.#client.ask('journal.list', {
      groups: [...this.groups],
      mac: this.mac,
      search: this.search.trim(),
      before,
      limit: pageSize,
    })
    if (question !== this.#question) return
    this.#asking = false
    if (!answer) return
    this.loaded = true
    const page = [...answer.value].sort((a, b) => b.id - a.id)
    this.reachedEnd = page.length < pageSize
    if (before > 0) this.entries = [...this.entries, ...page]
    else {
      // What was pushed while the answer was on its way is newer than the answer.
      const newest = page[0]?.id ?? 0
      const early = this.entries.filter((entry) => entry.id > newest && this.#matches(entry))
      this.entries = [...early, ...page]
    }
  }

  #join(fresh: readonly JournalEntry[]): void {
    if (fresh.length === 0) return
    const newest = this.entries[0]?.id ?? 0
    const joined = [...fresh.filter((entry) => entry.id > newest), ...this.entries]
    if (joined.length > keptAtMost) this.reachedEnd = false
    this.entries = joined.slice(0, keptAtMost)
  }

  #matches(entry: JournalEntry): boolean {
    if (this.mac !== '' && entry.mac !== this.mac) return false
    if (this.groups.length > 0 && !groupsByEvent[entry.event.type].some((group) => this.groups.includes(group)))
      return false
    const wanted = this.search.trim().toLowerCase()
    return !wanted || JSON.stringify(entry).toLowerCase().includes(wanted)
  }
}
