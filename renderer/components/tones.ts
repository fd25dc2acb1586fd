import type {
  IncidentSeverity,
  ItemState,
  MachineView,
  ServiceState,
  SittingState,
  Stage,
  Verdict,
} from '../../src/contract/index.ts'

export type Tone = 'neutral' | 'blue' | 'green' | 'amber' | 'red' | 'violet'

const toneOfStage: Record<Stage, Tone> = {
  heard: 'neutral',
  offered: 'blue',
  leased: 'blue',
  loader: 'blue',
  script: 'blue',
  kernel: 'blue',
  initrd: 'blue',
  system: 'blue',
  ready: 'green',
  lost: 'amber',
  left: 'neutral',
}

export const stageTone = (stage: Stage): Tone => toneOfStage[stage]

/** Trouble speaks louder than the stage it happened in. */
export const machineTone = ({ stage, trouble }: Pick<MachineView, 'stage' | 'trouble'>): Tone =>
  trouble ? (trouble.severity === 'blocked' ? 'red' : 'amber') : stageTone(stage)

export const verdictTone: Record<Verdict, Tone> = { pending: 'neutral', ok: 'green', warning: 'amber', blocked: 'red' }

export const serviceTone: Record<ServiceState, Tone> = {
  stopped: 'neutral',
  starting: 'blue',
  running: 'green',
  failed: 'red',
}

export const sittingTone: Record<SittingState, Tone> = {
  draft: 'neutral',
  ready: 'green',
  running: 'violet',
  paused: 'amber',
  closed: 'blue',
  archived: 'neutral',
}

export const incidentTone: Record<IncidentSeverity, Tone> = { info: 'neutral', attention: 'amber', serious: 'red' }

export const itemStateTone: Record<ItemState, Tone> = {
  inService: 'green',
  spare: 'blue',
  loaned: 'violet',
  underRepair: 'amber',
  awaitingDisposal: 'neutral',
  disposed: 'neutral',
  lost: 'red',
}
