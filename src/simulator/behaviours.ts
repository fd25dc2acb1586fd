import type { TroubleCode } from '../contract/index.ts'
import type { SimulatedFirmware } from './fleet.ts'
import { integerBelow, type Random } from './random.ts'

/** Where in its boot a machine can break off: when that step is done, or in the middle of a download. */
export type BreakPoint = 'leased' | 'loader' | 'script' | 'midInitrd' | 'initrd' | 'ready'

/** How a machine departs from a boot that simply works. Add a row to `behaviours` for another way to fail. */
export interface Behaviour {
  name: string
  /** What the console must end up showing: the machine ready, or this trouble. */
  expected: 'ready' | TroubleCode
  /** The only firmware on which it can happen. */
  firmware?: SimulatedFirmware
  /** Another DHCP server is heard first and its offer taken. */
  takesForeignOffer?: boolean
  breaksOff?: {
    at: BreakPoint
    /** In how many boots; in all of them when absent. */
    boots?: number
    /** Milliseconds of silence before it starts over. */
    silence: number
    /** How it answers below its agent meanwhile; not at all when absent. */
    answers?: 'echo' | 'arp'
    /** It starts the system on its own disk instead, which calls itself so to DHCP (option 60). */
    diskSystem?: string
  }
}

export const normal: Behaviour = { name: 'normal', expected: 'ready' }

const minutes = 60_000

export const behaviours = {
  /** Cause 3: the firmware checks the loader's signature and refuses to run it, then goes through its boot order again. */
  secureBootRefusal: {
    name: 'secureBootRefusal',
    expected: 'secureBoot',
    firmware: 'uefi-x64',
    breaksOff: { at: 'loader', silence: 14_000 },
  },
  /** Causes 1 and 10: another boot server spoke up, and the ROM asks that one for a file that it does not have. */
  otherBootServer: {
    name: 'otherBootServer',
    expected: 'noLoaderRequest',
    firmware: 'bios',
    breaksOff: { at: 'leased', silence: 2 * minutes },
  },
  /** Cause 1: a router on the same switch answers faster. */
  otherDhcpServer: {
    name: 'otherDhcpServer',
    expected: 'otherServer',
    takesForeignOffer: true,
    breaksOff: { at: 'leased', silence: 2 * minutes },
  },
  /** Cause 7: the network driver of the loader hangs. */
  loaderHang: {
    name: 'loaderHang',
    expected: 'loaderHang',
    breaksOff: { at: 'loader', silence: 10 * minutes },
  },
  /** Cause 16: the system has no driver for this card. */
  systemWithoutNetwork: {
    name: 'systemWithoutNetwork',
    expected: 'systemLost',
    breaksOff: { at: 'initrd', silence: 10 * minutes },
  },
  /** Somebody presses the button while the system is loading; the second boot comes through. */
  restartsMidway: {
    name: 'restartsMidway',
    expected: 'ready',
    breaksOff: { at: 'midInitrd', boots: 1, silence: 1_500 },
  },
  /** The cable of a machine that was ready is pulled. */
  cablePulled: {
    name: 'cablePulled',
    expected: 'machineGone',
    breaksOff: { at: 'ready', silence: 10 * minutes },
  },
  /** The agent of a machine that was ready dies; its kernel goes on. */
  agentCrashed: {
    name: 'agentCrashed',
    expected: 'agentSilent',
    breaksOff: { at: 'ready', silence: 10 * minutes, answers: 'echo' },
  },
  /** Somebody restarts a machine that was ready, past the network and into its Windows. */
  startsItsDisk: {
    name: 'startsItsDisk',
    expected: 'ownDisk',
    breaksOff: { at: 'ready', silence: 10 * minutes, answers: 'arp', diskSystem: 'MSFT 5.0' },
  },
} as const satisfies Record<string, Behaviour>

export type BehaviourName = keyof typeof behaviours
export const isBehaviourName = (name: string): name is BehaviourName => Object.hasOwn(behaviours, name)

/** None, those of a demonstration (two machines fail, one restarts and comes through), or these, one machine each. */
export type Failures = 'none' | 'demo' | readonly BehaviourName[]

const demonstration: readonly BehaviourName[] = ['secureBootRefusal', 'otherBootServer', 'restartsMidway']

/**
 * Which machine behaves how; at least one boots without trouble. A behaviour that no machine's firmware can show is
 * left out.
 */
export function assignBehaviours(
  firmwares: readonly SimulatedFirmware[],
  failures: Failures,
  random: Random,
): Behaviour[] {
  const assigned: Behaviour[] = firmwares.map(() => normal)
  const wanted = failures === 'none' ? [] : failures === 'demo' ? demonstration : failures
  for (const name of wanted.slice(0, Math.max(firmwares.length - 1, 0))) {
    const behaviour: Behaviour = behaviours[name]
    const candidates = firmwares.flatMap((firmware, index) =>
      assigned[index] === normal && (behaviour.firmware ?? firmware) === firmware ? [index] : [],
    )
    const chosen = candidates[integerBelow(random, candidates.length)]
    if (chosen !== undefined) assigned[chosen] = behaviour
  }
  return assigned
}
