import { join } from 'node:path'
import type { Logger } from '../base/index.ts'
import type { BootProfile } from '../boot/index.ts'
import type { CodedError, Mac } from '../contract/index.ts'
import type { Venue } from '../exam/index.ts'
import {
  freeSimulatedLink,
  simulatedLink,
  writeSampleMedia,
  type Failures,
  type OpenedRoom,
  type OpenRoom,
  type RoomMachine,
  type SimulatedLink,
} from '../simulator/index.ts'

export interface SimulatedVenueOptions {
  dataFolder: string
  logger: Logger
  machines: number
  /** 1 is a real room's pace, smaller is faster. */
  pace?: number
  /** As in a demonstration unless given. */
  failures?: Failures
  /** All at once, instead of one after the other. */
  atOnce?: boolean
  openRoom: OpenRoom
  /** Told when the room broke down by itself. */
  onFailure: (error: CodedError) => void
}

/** The simulated room as a place to hold an exam in: its network, its boot files, its machines. */
export class SimulatedVenue {
  readonly mediaFolder: string
  readonly #options: SimulatedVenueOptions
  #link: SimulatedLink | undefined
  #profile: BootProfile | undefined
  #room: OpenedRoom | undefined

  constructor(options: SimulatedVenueOptions) {
    this.#options = options
    this.mediaFolder = join(options.dataFolder, 'simulated-boot')
  }

  /** Chooses its ports and writes its boot files: call it before each exam held there. */
  async prepare(): Promise<void> {
    this.#link = await freeSimulatedLink({}, this.#options.machines)
    const { kernel, initrd } = await writeSampleMedia(this.mediaFolder)
    this.#profile = {
      id: 0,
      name: 'Simulation',
      system: 'linux',
      purpose: 'exam',
      kernel,
      initrds: [initrd],
      commandLine: 'quiet',
      winpeTask: 'none',
      isDefault: false,
    }
  }

  get venue(): Venue {
    const { address, prefix } = simulatedLink({}, this.#options.machines)
    return { nic: 'simulation', address, prefix, simulated: true }
  }

  get link(): SimulatedLink {
    if (!this.#link) throw new Error('the simulated room is asked for its network before it is prepared')
    return this.#link
  }

  get profile(): BootProfile {
    if (!this.#profile) throw new Error('the simulated room is asked for its boot profile before it is prepared')
    return this.#profile
  }

  /** Switches the machines on. */
  async open(): Promise<OpenedRoom> {
    const { openRoom, logger, onFailure, machines, pace = 1, failures = 'demo', atOnce = false } = this.#options
    this.#room = await openRoom({
      machines,
      link: this.link,
      // The same room each time: the same machines get the same addresses when an exam is resumed.
      seed: 20_260_105,
      pace,
      failures,
      atOnce,
      logger,
      onFailure,
    })
    return this.#room
  }

  /** How a machine that fell silent answers below its agent. */
  answerOf(mac: Mac): RoomMachine['answers'] | undefined {
    return this.machines().find((machine) => machine.mac === mac)?.answers
  }

  machines(): readonly RoomMachine[] {
    return this.#room?.machines ?? []
  }
}
