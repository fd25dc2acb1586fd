export const selfTestSteps = ['dhcp', 'tftpSmall', 'tftpExact', 'tftpLarge', 'httpRange', 'script'] as const
export type SelfTestStep = (typeof selfTestSteps)[number]

export interface SelfTestLine {
  step: SelfTestStep
  verdict: 'pending' | 'ok' | 'failed'
  /** Milliseconds. */
  took?: number
  /** What came: an address for DHCP, bytes for the others. */
  address?: string
  bytes?: number
  /** What went wrong, in the words of who found it. */
  reason?: string
}

export interface SelfTestView {
  /** Milliseconds since the Unix epoch. */
  ranAt: number
  running: boolean
  lines: SelfTestLine[]
}
