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
}

export interface SupervisorOptions {
  clock: Clock
  emit: Emit
  logger: Logger
}

/** Starts and stops the services side by side: one that fails is said to have failed, and the others go on. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #slots: Record<ServiceName, Slot> = {
    dhcp: { state: 'stopped' },
    tftp: { state: 'stopped' },
    http: { state: 'stopped' },
  }

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  async start(services: Record<ServiceName, SupervisedService>): Promise<void> {
    await Promise.all(
      serviceNames.map((name) => {
        this.#slots[name] = { service: services[name], state: 'stopped' }
        return this.#startOne(name)
      }),
    )
  }

  /** Tries a failed service again. */
  async restart(name: ServiceName): Promise<void> {
    if (!this.#slots[name].service) throw new CodedError('exam.notRunning', 'no exam is running')
    await this.#stopOne(name)
    await this.#startOne(name)
  }

  /** Stops everything, whatever state it is in; when it returns nothing is bound. */
  async stop(): Promise<void> {
    await Promise.all(serviceNames.map((name) => this.#stopOne(name)))
    for (const name of serviceNames) this.#slots[name] = { state: 'stopped' }
  }

  /** A running service stopped working: its socket broke, its NIC went away. */
  async fail(name: ServiceName, error: unknown): Promise<void> {
    if (this.#slots[name].state !== 'running') return
    await this.#stopOne(name)
    this.#setState(name, 'failed', toWireError(error))
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

  async #startOne(name: ServiceName): Promise<void> {
    const { service } = this.#slots[name]
    if (!service) return
    this.#setState(name, 'starting')
    try {
      await service.start()
      this.#setState(name, 'running')
    } catch (error) {
      this.#options.logger.error(`${name} did not start`, { error: String(error) })
      this.#setState(name, 'failed', toWireError(error))
    }
  }

  async #stopOne(name: ServiceName): Promise<void> {
    const { service, state } = this.#slots[name]
    if (!service || state === 'stopped') return
    try {
      await service.stop()
      this.#setState(name, 'stopped')
    } catch (error) {
      this.#options.logger.error(`${name} did not stop cleanly`, { error: String(error) })
      this.#setState(name, 'failed', toWireError(error))
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
