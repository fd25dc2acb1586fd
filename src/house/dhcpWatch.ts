import type { Clock, Emit, Logger } from '../base/index.ts'
import type { AmorceEvent, DhcpHealthView, Ipv4, Mac, OtherServerView } from '../contract/index.ts'
import type { OtherServer } from '../diagnosis/index.ts'

export interface Segment {
  nic: string
  address: Ipv4
}

export interface DhcpWatchDeps {
  clock: Clock
  emit: Emit
  logger: Logger
  /** Where addresses are given on a real network just now; undefined in the simulated room, or when another's job. */
  segment(): Segment | undefined
  /** Asks the segment for other servers. */
  ask(segment: Segment): Promise<OtherServer[]>
  cardOf(address: Ipv4, nic: string): Promise<{ mac?: Mac; vendor?: string }>
  onChange(): void
}

/** Often enough to name a router that was plugged in, and nothing to the network: one broadcast. */
const askedEveryMs = 60_000
/** A server that was not heard for three questions has gone. */
const serverGoneMs = 200_000
/** As long as one looks away. */
const limitedShownMs = 5_000
const setAsideShownMs = 600_000
/** Enough for one segment: a flood of made-up servers must not grow anything. */
const mostServers = 8
const mostSetAside = 20

/** What the DHCP service bears while it runs: other servers, floods, addresses that are somebody else's. */
export class DhcpWatch {
  readonly #deps: DhcpWatchDeps
  readonly #servers = new Map<Ipv4, OtherServerView>()
  #setAside: DhcpHealthView['setAside'] = []
  #limited: { at: number; count: number }[] = []
  #askedAt = -Infinity
  #isAsking = false

  constructor(deps: DhcpWatchDeps) {
    this.#deps = deps
  }

  get view(): DhcpHealthView {
    return {
      otherServers: [...this.#servers.values()],
      limited: this.#limited.reduce((sum, { count }) => sum + count, 0),
      setAside: this.#setAside,
    }
  }

  readonly accept = (event: AmorceEvent): void => {
    switch (event.type) {
      case 'dhcp.otherServer':
        // What a probe found is written down before it is told.
        if (event.seenIn === 'request') void this.#namedByMachine(event.address, event.at)
        return
      case 'dhcp.limited':
        this.#limited = [...this.#limited, { at: event.at, count: event.count }]
        return this.#deps.onChange()
      case 'dhcp.decline':
      case 'dhcp.conflict': {
        const { address, at, type } = event
        const others = this.#setAside.filter((each) => each.address !== address).slice(0, mostSetAside - 1)
        this.#setAside = [{ address, at, why: type === 'dhcp.decline' ? 'declined' : 'conflict' }, ...others]
        return this.#deps.onChange()
      }
    }
  }

  /** About once a second. */
  tick(isRunning: boolean): void {
    if (!isRunning) return this.#forgetAll()
    const now = this.#deps.clock.now()
    const before = this.#size
    this.#limited = this.#limited.filter(({ at }) => now - at < limitedShownMs)
    this.#setAside = this.#setAside.filter(({ at }) => now - at < setAsideShownMs)
    for (const [address, { lastSeenAt }] of this.#servers)
      if (now - lastSeenAt >= serverGoneMs) this.#servers.delete(address)
    if (this.#size !== before) this.#deps.onChange()
    const segment = this.#deps.segment()
    if (!segment || this.#isAsking || now - this.#askedAt < askedEveryMs) return
    this.#askedAt = now
    void this.#ask(segment)
  }

  get #size(): number {
    return this.#servers.size + this.#limited.length + this.#setAside.length
  }

  #forgetAll(): void {
    this.#askedAt = -Infinity
    if (this.#size === 0) return
    this.#servers.clear()
    this.#setAside = []
    this.#limited = []
    this.#deps.onChange()
  }

  async #ask(segment: Segment): Promise<void> {
    const { ask, clock, emit, logger } = this.#deps
    this.#isAsking = true
    try {
      const found = await ask(segment)
      // The exam may have ended meanwhile.
      if (!this.#deps.segment()) return
      const at = clock.now()
      for (const { address, offered, ...said } of found) {
        const isNew = !this.#servers.has(address)
        this.#note({ ...said, address, ...(offered && { offered }), seenIn: 'probe', firstSeenAt: at, lastSeenAt: at })
        if (isNew) emit({ at, type: 'dhcp.otherServer', address, ...(offered && { offered }), seenIn: 'probe' })
      }
    } catch (error) {
      logger.warn('dhcp: other servers could not be asked for', { error: String(error) })
    } finally {
      this.#isAsking = false
    }
  }

  async #namedByMachine(address: Ipv4, at: number): Promise<void> {
    const isNew = !this.#servers.has(address)
    this.#note({ address, seenIn: 'request', firstSeenAt: at, lastSeenAt: at })
    const segment = this.#deps.segment()
    if (!isNew || !segment) return
    const card = await this.#deps.cardOf(address, segment.nic)
    if (this.#servers.has(address)) this.#note({ ...card, address, seenIn: 'request', firstSeenAt: at, lastSeenAt: at })
  }

  #note(server: OtherServerView): void {
    const known = this.#servers.get(server.address)
    if (!known && this.#servers.size >= mostServers) return
    this.#servers.set(server.address, { ...known, ...server, ...(known && { firstSeenAt: known.firstSeenAt }) })
    this.#deps.onChange()
  }
}
