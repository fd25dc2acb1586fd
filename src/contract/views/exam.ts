import type { WireError } from '../errors.ts'
import type { Ipv4 } from '../events.ts'

export const examSteps = ['checking', 'preparing', 'starting', 'resuming', 'stopping'] as const
/** Each has its words under `exam.step.<step>`. */
export type ExamStep = (typeof examSteps)[number]
export type ExamPhase = 'idle' | 'preflight' | 'starting' | 'running' | 'stopping'

export interface ExamView {
  phase: ExamPhase
  examId?: number
  nic?: string
  address?: Ipv4
  prefix?: number
  startedAt?: number
  /** The real network, or the simulated room. */
  simulated: boolean
  profileId?: number
  profileName?: string
  /** What is being done now, while starting or stopping. */
  step?: ExamStep
  /** Set when the last start failed or was refused. */
  error?: WireError
  /** An exam that was running when the app was killed and can be resumed. */
  resumable?: {
    examId: number
    nic: string
    address: Ipv4
    startedAt: number
    leases: number
    machines: number
    simulated: boolean
  }
}
