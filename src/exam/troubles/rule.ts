import type { AmorceEvent, EventType, Evidence, Trouble } from '../../contract/index.ts'
import type { Journey } from '../journey.ts'

/** What a rule may know beside the machine itself. */
export interface RuleContext {
  /** Milliseconds since the Unix epoch. */
  now: number
  /** Since when the services have listened: what began before could not be heard from its beginning. */
  listeningSince: number
  /** Every machine of the room, the one that is looked at among them. */
  room: Iterable<Journey>
  /** That the laptop's own link went away, while it is. */
  linkDown?: EventOf<'nic.changed'>
}

export interface Finding extends Pick<Trouble, 'code' | 'severity' | 'since' | 'confidence' | 'evidence'> {
  facts?: Trouble['facts']
}

/**
 * Looks at what was heard of one machine, and for how long nothing more came. Pure: it is asked again with every event
 * and every second, and a verdict that it no longer returns is withdrawn.
 */
export type TroubleRule = (journey: Journey, context: RuleContext) => Finding | readonly Finding[] | undefined

/** How sure a rule may be of what it concludes. */
export const confidence = {
  /** The machine, or the network, said so itself. */
  told: 0.97,
  /** Hardly anything else looks like this. */
  likely: 0.8,
  /** Concluded from silence, the usual explanation. */
  supposed: 0.6,
  /** One of two or three explanations. */
  possible: 0.4,
  /** Worth a look when the others were ruled out. */
  remote: 0.25,
} as const

export type EventOf<Type extends EventType> = Extract<AmorceEvent, { type: Type }>

/** The events of one kind in the present boot, oldest first. */
export const heard = <Type extends EventType>({ history, bootStartedAt }: Journey, type: Type): EventOf<Type>[] =>
  history.filter((event): event is EventOf<Type> => event.type === type && event.at >= bootStartedAt)

const mostEvidence = 8

/** The newest eight of them, oldest first. */
export const proof = (...events: readonly (AmorceEvent | undefined)[]): Evidence[] =>
  events
    .filter((event) => event !== undefined)
    .sort((a, b) => a.at - b.at)
    .slice(-mostEvidence)
    .map((event) => ({ event }))

/** The same, and that nothing came since `silentSince`. */
export const proofOfSilence = (silentSince: number, ...events: readonly (AmorceEvent | undefined)[]): Evidence[] => [
  ...proof(...events).slice(-(mostEvidence - 1)),
  { silentSince },
]
