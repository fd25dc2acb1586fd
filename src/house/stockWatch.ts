import type { EventBus, Clock, Logger } from '../base/index.ts'
import type { Mac, MachineView, StockAlarm } from '../contract/index.ts'
import type { Journeys } from '../exam/index.ts'
import type { StockRooms } from '../stock/index.ts'

export interface StockWatchOptions {
  bus: EventBus
  clock: Clock
  logger: Logger
  rooms: StockRooms
  journeys: Journeys
  itemOf(mac: Mac): MachineView['item']
  /** Told outside the window; more than one at once is told together. */
  notify(alarms: readonly StockAlarm[]): void
}

const alarmPauseMs = 60_000

/**
 * Boot = inventory: what machines report goes to their items; and alarms are told once, when they arise: the urgent ones, and
 * that something is to be ordered, which nobody would look for.
 */
export class StockWatch {
  readonly #options: StockWatchOptions
  /** What each machine said last, so that a heartbeat that says it again costs nothing. */
  readonly #said = new Map<Mac, string>()
  #lookedAt = -Infinity

  constructor(options: StockWatchOptions) {
    this.#options = options
    options.bus.listen((event) => {
      if (event.type === 'boot.report' || event.type === 'agent.heartbeat') this.#accept(event.mac)
    })
  }

  /** Looks for alarms, once a minute at most. */
  tick(): void {
    const { clock, logger, rooms, notify } = this.#options
    if (clock.monotonic() - this.#lookedAt < alarmPauseMs) return
    this.#lookedAt = clock.monotonic()
    try {
      const fresh = rooms.dashboards.newAlarms().filter(({ isUrgent, kind }) => isUrgent || kind === 'lowStock')
      if (fresh.length > 0) notify(fresh)
    } catch (error) {
      logger.error('the alarms of the stock could not be looked for', { error: String(error) })
    }
  }

  #accept(mac: Mac): void {
    const { rooms, journeys, itemOf, logger } = this.#options
    const item = itemOf(mac)
    const journey = journeys.get(mac)
    if (!item || !journey) return
    const said = JSON.stringify([item.id, journey.facts])
    if (this.#said.get(mac) === said) return
    this.#said.set(mac, said)
    try {
      const { facts, uuid, firmware } = journey
      rooms.inventory.accept(item.id, { mac, facts: { ...facts, uuid: facts.uuid ?? uuid }, firmware })
    } catch (error) {
      logger.error('what a machine reported was not taken into the stock', { mac, error: String(error) })
    }
  }
}
