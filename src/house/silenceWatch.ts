import type { Clock, Emit, Logger } from '../base/index.ts'
import type { AmorceEvent, Ipv4, Mac } from '../contract/index.ts'
import { neighbourStates, openUdpSocket, ping, poke, type NeighbourState } from '../network/index.ts'
import type { Line } from './lineDesk.ts'

type Answer = Extract<AmorceEvent, { type: 'machine.asked' }>['answer']

/** How machines are asked over the cable. */
export interface Asker {
  poke(addresses: readonly Ipv4[]): Promise<void>
  neighbours(): Promise<Map<Ipv4, NeighbourState>>
  echo(address: Ipv4): Promise<boolean>
}

export interface SilentMachine {
  mac: Mac
  address: Ipv4
  /** The answer it was last known by in this silence. */
  answer?: Answer
}

export interface SilenceWatchDeps {
  clock: Clock
  emit: Emit
  logger: Logger
  /** Machines whose agents have not been heard for longer than they should be. */
  silent(): readonly SilentMachine[]
  /** Undefined where nothing is served just now, or not over a cable of our own. */
  asker(): Asker | undefined
  /** In the simulated room: what its machine would answer. */
  simulated(mac: Mac): Answer | undefined
}

/** Two heartbeats are missing: its answer is there before its silence is told. */
export const askedAfterMs = 8_000
/** The system gives a neighbour up three seconds after it was asked for in vain. */
const everyMs = 4_000
/** A program is started for each: a whole room that falls silent is asked in turn. */
const echoesAtOnce = 8

interface Asked {
  address: Ipv4
  /** When it was asked last, on the monotonic clock. */
  at: number
}

/** Asks machines whose agents fell silent below their agents: whether their kernels, or at least their cards, answer. */
export class SilenceWatch {
  readonly #deps: SilenceWatchDeps
  readonly #asked = new Map<Mac, Asked>()
  #lookedAt = -Infinity
  #isAsking = false

  constructor(deps: SilenceWatchDeps) {
    this.#deps = deps
  }

  /** About once a second. */
  tick(): void {
    const silent = this.#deps.silent()
    const macs = new Set(silent.map(({ mac }) => mac))
    for (const mac of this.#asked.keys()) if (!macs.has(mac)) this.#asked.delete(mac)
    if (silent.length === 0) return
    for (const machine of silent) {
      const answer = this.#deps.simulated(machine.mac)
      if (answer) this.#tell(machine, answer)
    }
    const { clock, logger } = this.#deps
    const asker = this.#deps.asker()
    if (!asker || this.#isAsking || clock.monotonic() - this.#lookedAt < everyMs) return
    this.#lookedAt = clock.monotonic()
    this.#isAsking = true
    this.#ask(silent, asker)
      .catch((error: unknown) => logger.warn('silent machines could not be asked', { error: String(error) }))
      .finally(() => (this.#isAsking = false))
  }

  async #ask(silent: readonly SilentMachine[], asker: Asker): Promise<void> {
    const { clock } = this.#deps
    // Read first: the system forgets that a neighbour is away as soon as something is sent to it.
    const before = await asker.neighbours()
    await asker.poke(silent.map(({ address }) => address))
    const isAway = ({ address }: SilentMachine): boolean => before.get(address)?.hasFailed ?? false
    for (const machine of silent.filter(isAway)) this.#tell(machine, 'none')
    const turn = silent
      .filter((machine) => !isAway(machine))
      .map((machine) => ({ machine, before: this.#askedAt(machine) }))
      .sort((a, b) => (a.before ?? -Infinity) - (b.before ?? -Infinity))
      .slice(0, echoesAtOnce)
    const asked = await Promise.all(
      turn.map(async ({ machine, before }) => {
        const at = clock.monotonic()
        this.#asked.set(machine.mac, { address: machine.address, at })
        return { machine, since: before ?? at, echoed: await asker.echo(machine.address) }
      }),
    )
    const neighbours = await asker.neighbours()
    for (const { machine, since, echoed } of asked) {
      // Its agent spoke again meanwhile.
      if (!this.#asked.has(machine.mac)) continue
      if (echoed) this.#tell(machine, 'echo')
      else if (isThere(neighbours.get(machine.address), clock.monotonic() - since)) this.#tell(machine, 'arp')
    }
  }

  #askedAt({ mac, address }: SilentMachine): number | undefined {
    const asked = this.#asked.get(mac)
    return asked?.address === address ? asked.at : undefined
  }

  #tell({ mac, address, answer: before }: SilentMachine, answer: Answer): void {
    if (answer === before) return
    this.#deps.emit({ at: this.#deps.clock.now(), type: 'machine.asked', mac, address, answer })
  }
}

/** What was known before it was asked proves nothing: the system takes a neighbour to be there for a while. */
const isThere = (state: NeighbourState | undefined, sinceMs: number): boolean =>
  state !== undefined && state.isReachable && state.confirmedAgo * 1000 < sinceMs

export const cableAsker = ({ device, address }: Required<Line>): Asker => ({
  poke: (addresses) => poke(addresses, { openSocket: openUdpSocket, device, ownAddress: address }),
  neighbours: () => neighbourStates(device),
  echo: async (to) => (await ping(to, { device, timeoutMs: 1000 })) !== undefined,
})
