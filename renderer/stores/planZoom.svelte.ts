import { planSizes, type PlanSize, type RoomView } from '../../src/contract/index.ts'
import type { Settings } from './settings.svelte.ts'

/** How large the seats of each room's plan are drawn, as it was left. */
export class PlanZoom {
  /** The plan in sight and the size it has, chosen or fitting; none while no plan is. */
  shown = $state.raw<{ room: RoomView; size: PlanSize }>()
  readonly #settings: Settings

  readonly isChosen = $derived.by(() => this.shown !== undefined && this.sizeOf(this.shown.room) !== undefined)
  readonly canGrow = $derived.by(() => this.#next(1) !== undefined)
  readonly canShrink = $derived.by(() => this.#next(-1) !== undefined)

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Undefined: as large as fits. */
  sizeOf({ id }: Pick<RoomView, 'id'>): PlanSize | undefined {
    return this.#settings.view.planZooms[id]
  }

  /** One size larger (1) or smaller (-1); nothing happens at the ends. */
  by(step: 1 | -1): void {
    const next = this.#next(step)
    if (this.shown && next) this.#keep({ [this.shown.room.id]: next })
  }

  /** Back to what fits the window. */
  fit(): void {
    if (this.isChosen) this.#keep({})
  }

  #next(step: 1 | -1): PlanSize | undefined {
    return this.shown && planSizes[planSizes.indexOf(this.shown.size) - step]
  }

  #keep(ofShown: Readonly<Record<string, PlanSize>>): void {
    const others = Object.entries(this.#settings.view.planZooms).filter(([id]) => id !== String(this.shown?.room.id))
    void this.#settings.set({ planZooms: { ...Object.fromEntries(others), ...ofShown } })
  }
}
