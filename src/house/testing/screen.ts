import type { JournalEntry, MachineView, ViewUpdate } from '../../contract/index.ts'

/** What the screen does with updates: a snapshot replaces all, a push replaces what it carries. */
export class Screen {
  #parts: Partial<ViewUpdate> = {}
  readonly #machines = new Map<string, MachineView>()
  #journal: JournalEntry[] = []
  #seq = -1
  /** Updates that came before the snapshot did. */
  #early: ViewUpdate[] = []

  apply(update: ViewUpdate): void {
    if (update.full) {
      this.#seq = update.seq
      this.#parts = {}
      this.#machines.clear()
      this.#journal = []
    } else if (this.#seq < 0) {
      this.#early.push(update)
      return
    } else if (update.seq <= this.#seq) {
      return
    } else if (update.seq !== this.#seq + 1) {
      throw new Error(`update ${update.seq} came after ${this.#seq}`)
    }
    this.#seq = update.seq
    const { seq: _, full: __, machines = [], machinesRemoved = [], journal = [], ...parts } = update
    Object.assign(this.#parts, parts)
    for (const mac of machinesRemoved) this.#machines.delete(mac)
    for (const machine of machines) this.#machines.set(machine.mac, machine)
    this.#journal.push(...journal)
    if (update.full) for (const early of this.#early.splice(0)) this.apply(early)
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal
  }

  /** Everything but the journal, in a form that can be compared: as it would cross the IPC, machines by MAC. */
  get state(): unknown {
    const machines = [...this.#machines.values()].sort((a, b) => (a.mac < b.mac ? -1 : 1))
    return JSON.parse(JSON.stringify({ ...this.#parts, machines })) as unknown
  }
}
