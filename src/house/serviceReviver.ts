import type { Clock, Logger } from '../base/index.ts'
import type { CodedError, ServiceName } from '../contract/index.ts'
import type { Supervisor } from '../exam/index.ts'

export interface ServiceReviverDeps {
  clock: Clock
  logger: Logger
  supervisor: Supervisor
}

/** A service that fails again so soon is not started again: something is wrong that a person must see. Milliseconds. */
const restMs = 60_000

/** Says of a service that stopped by itself that it failed, and starts it again, once in a while. */
export class ServiceReviver {
  readonly #deps: ServiceReviverDeps
  readonly #revivedAt = new Map<ServiceName, number>()

  constructor(deps: ServiceReviverDeps) {
    this.#deps = deps
  }

  readonly failed = (service: ServiceName, error: CodedError): void => {
    const { logger } = this.#deps
    this.#revive(service, error).catch((cause: unknown) =>
      logger.error(`${service} could not be started again`, { error: String(cause) }),
    )
  }

  async #revive(service: ServiceName, error: CodedError): Promise<void> {
    const { clock, logger, supervisor } = this.#deps
    await supervisor.fail(service, error)
    const now = clock.monotonic()
    const before = this.#revivedAt.get(service)
    if (before !== undefined && now - before < restMs) return
    // An exam that was stopped meanwhile leaves nothing to start.
    if (!supervisor.failed().includes(service)) return
    this.#revivedAt.set(service, now)
    logger.warn(`${service} is started again`, { error: error.message })
    await supervisor.restart(service)
  }
}
