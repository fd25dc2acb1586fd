import type { Clock, Logger } from '../base/index.ts'
import { CodedError, type Mac } from '../contract/index.ts'
import { assignBehaviours, type Failures } from './behaviours.ts'
import { makeFleet } from './fleet.ts'
import type { SimulatedLink } from './link.ts'
import { Machine, type Milestone, type SimulatedMachine } from './machine.ts'
import { between, seededRandom, type Random } from './random.ts'
import { Wire } from './wire.ts'

export interface SimulatedRoomOptions {
  /** How many PCs; the link must have as many addresses. */
  machines: number
  link: SimulatedLink
  clock: Clock
  /** Decides who the machines are and how long each takes: the same sequence gives the same room. */
  random: Random
  /** 1: as in a real room, 24 PCs ready within 25 to 40 s. Every simulated duration is multiplied by it. */
  pace: number
  failures: Failures
  /** Every button is pressed in the same second, as after a power cut; one after the other unless said. */
  atOnce?: boolean
  logger: Logger
  onMilestone?: (milestone: Milestone) => void
}

/** A room of PCs that boot over the network from the services listening on the link. */
export interface SimulatedRoom {
  readonly machines: readonly SimulatedMachine[]
  /** Every machine came as far as its behaviour lets it: ready, or stuck as expected. */
  readonly settled: boolean
  /**
   * Switches the machines on, one after the other.
   * @throws CodedError `socket.*` when the wire cannot be opened, `socket.addressNotAvailable` on macOS.
   */
  start(): Promise<void>
  /** Cuts the power of all. Resolves when no socket and no timer is left. */
  stop(): Promise<void>
  /** Resolves when `settled` is true, at once if it is. Does not resolve when the room is stopped before. */
  whenSettled(): Promise<void>
  powerOff(mac: Mac): Promise<void>
  powerOn(mac: Mac): void
  /** As its user would: a system that runs says that it leaves. */
  reboot(mac: Mac): Promise<void>
}

/** Milliseconds from one machine's button to the next one's, for somebody who walks along the rows. */
const betweenButtons = 400

export function createSimulatedRoom(options: SimulatedRoomOptions): SimulatedRoom {
  const { link, clock, random, pace, failures, atOnce = false, logger, onMilestone } = options
  const wire = new Wire(link, (error) =>
    logger.warn('the simulated wire failed to carry a datagram', { error: error.message }),
  )
  const settledListeners = new Set<() => void>()

  const fleet = makeFleet(options.machines, random)
  const firmwares = fleet.map(({ firmware }) => firmware)
  const behaviours = assignBehaviours(firmwares, failures, random)

  const isSettled = (): boolean => machines.every((machine) => machine.settled)
  const around = {
    link,
    wire,
    clock,
    pace,
    logger,
    onMilestone: (milestone: Milestone): void => {
      onMilestone?.(milestone)
      if (!isSettled()) return
      for (const listener of settledListeners) listener()
      settledListeners.clear()
    },
  }
  const machines = fleet.map((identity, index) => {
    const behaviour = behaviours[index]
    if (!behaviour) throw new RangeError('a machine without behaviour')
    return new Machine(identity, behaviour, around, seededRandom(Math.floor(random() * 0x1_0000_0000)))
  })
  const byMac = new Map(machines.map((machine) => [machine.mac, machine]))

  const find = (mac: Mac): Machine => {
    const machine = byMac.get(mac)
    if (!machine) throw new CodedError('stock.machineUnknown', `no simulated machine ${mac}`, { mac })
    return machine
  }

  return {
    machines,
    get settled() {
      return isSettled()
    },
    async start() {
      await wire.open()
      const walk = atOnce ? 1000 : machines.length * betweenButtons
      for (const [index, machine] of machines.entries()) {
        // Those that lose time are switched on first, so that the whole room is decided in the same time.
        const begun = machine.behaviour === 'normal' ? 1 : 0.2
        const turn = (index + between(random, 0, 1)) / machines.length
        machine.powerOn(walk * turn * begun)
      }
    },
    async stop() {
      await Promise.all(machines.map((machine) => machine.powerOff()))
      await wire.close()
    },
    whenSettled: () =>
      new Promise((resolve) => {
        if (isSettled()) resolve()
        else settledListeners.add(resolve)
      }),
    powerOff: (mac) => find(mac).powerOff(),
    powerOn: (mac) => find(mac).powerOn(),
    reboot: (mac) => find(mac).reboot(),
  }
}
