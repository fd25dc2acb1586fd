import type { Clock, Emit, Logger } from '../base/index.ts'
import {
  CodedError,
  serviceNames,
  toWireError,
  type ServiceName,
  type ServiceView,
  type WireError,
} from '../contract/index.ts'

/** What a service is to its supervisor. `start` leaves nothing open when it throws. */
export interface SupervisedService {
  start(): Promise<void>
  stop(): Promise<void>
  readonly endpoint?: string
  /** Exchanges or transfers so far. */
  readonly count: number
}

interface Slot {
  service?: SupervisedService
  state: ServiceView['state']
  error?: WireError
  /** Settles, always well, when what was begun last is done: a stop never overtakes the start before it. */
  turn: Promise<void>
}

const emptySlot = (): Slot => ({ state: 'stopped', turn: Promise.resolve() })

export interface SupervisorOptions {
  clock: Clock
  emit: Emit
  logger: Logger
}

/**
 * Starts and stops the services side by side: one that fails is said to have failed, and the others go on. What is asked
 * of one service is done in the order it was asked.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #slots: Record<ServiceName, Slot> = { dhcp: emptySlot(), tftp: emptySlot(), http: emptySlot() }

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Settles when each of them runs or has failed; never rejects for one that failed. */
  async start(services: Record<ServiceName, SupervisedService>): Promise<void> {
    await this.#each(async (name, slot) => {
      slot.service = services[name]
      await this.#startOne(name, slot)
    })
  }

  /** Tries a failed service again. @throws CodedError `exam.notRunning` when there is none to try. */
  async restart(name: ServiceName): Promise<void> {
    await this.#inTurn(name, async (slot) => {
      if (!slot.service) throw new CodedError('exam.notRunning', 'no exam is running')
      await this.#stopOne(name, slot)
      await this.#startOne(name, slot)
    })
  }

  /** Stops everything, whatever state it is in; when it returns nothing is bound. */
  async stop(): Promise<void> {
    await this.#each(async (name, slot) => {
      await this.#stopOne(name, slot)
      slot.service = undefined
    })
  }

  /** A running service stopped working: its socket broke, its NIC went away. */
  async fail(name: ServiceName, error: unknown): Promise<void> {
    await this.#inTurn(name, async (slot) => {
      if (slot.state === 'running') await this.#stopOne(name, slot, toWireError(error))
    })
  }

  get anyRunning(): boolean {
    return serviceNames.some((name) => this.#slots[name].state === 'running')
  }

  failed(): ServiceName[] {
    return serviceNames.filter((name) => this.#slots[name].state === 'failed')
  }

  views(): ServiceView[] {
    return serviceNames.map((name) => {
      const { service, state, error } = this.#slots[name]
      return {
        name,
        state,
        error,
        endpoint: state === 'running' ? service?.endpoint : undefined,
        count: service?.count ?? 0,
      }
    })
  }

  async #each(task: (name: ServiceName, slot: Slot) => Promise<void>): Promise<void> {
    await Promise.all(serviceNames.map((name) => this.#inTurn(name, (slot) => task(name, slot))))
  }

  #inTurn(name: ServiceName, task: (slot: Slot) => Promise<void>): Promise<void> {
    const slot = this.#slots[name]
    const done = slot.turn.then(() => task(slot))
    // Who asked for it hears of the failure; who comes next only waits for the end.
    slot.turn = done.catch(() => {})
    return done
  }

  async #startOne(name: ServiceName, slot: Slot): Promise<void> {
    if (!slot.service) return
    this.#setState(name, 'starting')
    try {
      await slot.service.start()
      this.#setState(name, 'running')
    } catch (error) {
      this.#options.logger.error(`${name} did not start`, { error: String(error) })
      this.#setState(name, 'failed', toWireError(error))
    }
  }

  /** @param cause why, when it was not meant to stop. */
  async #stopOne(name: ServiceName, slot: Slot, cause?: WireError): Promise<void> {
    if (!slot.service || slot.state === 'stopped') return
    try {
      await slot.service.stop()
      this.#setState(name, cause ? 'failed' : 'stopped', cause)
    } catch (error) {
      this.#options.logger.error(`${name} did not stop cleanly`, { error: String(error) })
      this.#setState(name, 'failed', cause ?? toWireError(error))
    }
  }

  #setState(name: ServiceName, state: ServiceView['state'], error?: WireError): void {
    this.#slots[name].state = state
    this.#slots[name].error = error
    this.#options.emit({
      type: 'service.state',
      at: this.#options.clock.now(),
      service: name,
      state,
      endpoint: state === 'running' ? this.#slots[name].service?.endpoint : undefined,
      code: error?.code,
      details: error?.details,
    })
  }
}
