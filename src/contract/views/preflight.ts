import type { ErrorDetails } from '../errors.ts'

/** What each check can find, in the order they are run. Each finding has its sentence under `preflight.<check>.<finding>`. */
export const preflightFindings = {
  nic: ['ok', 'none', 'gone', 'down', 'wifi', 'virtual', 'simulated'],
  link: ['ok', 'slow', 'half', 'unknown', 'simulated'],
  address: ['ok', 'missing', 'simulated'],
  dhcp: ['ok', 'proxy', 'invalid', 'simulated'],
  ports: ['ok', 'held', 'heldKnown', 'heldUnknown', 'permission', 'failed', 'simulated'],
  firewall: ['ok', 'closed', 'unknown', 'simulated'],
  bootFiles: ['ok', 'missing', 'corrupt', 'simulated'],
  profile: ['ok', 'localDisk', 'filesMissing', 'notLockable', 'simulated'],
  disk: ['ok', 'low', 'simulated'],
  power: ['ok', 'battery', 'unknown', 'simulated'],
  clock: ['ok', 'behind', 'simulated'],
  otherDhcp: ['ok', 'heard', 'refused', 'expected', 'missing', 'notProbed', 'simulated'],
} as const
export type PreflightCheck = keyof typeof preflightFindings
export const preflightChecks = Object.keys(preflightFindings) as PreflightCheck[]
export type PreflightFinding = {
  [Check in PreflightCheck]: `${Check}.${(typeof preflightFindings)[Check][number]}`
}[PreflightCheck]
export type Verdict = 'pending' | 'ok' | 'warning' | 'blocked'

export interface Remedy {
  /** `retry` runs the checks again; `chooseNic`, `chooseProfile` and `openBootFiles` lead to the place where it is mended. */
  id:
    | 'setAddress'
    | 'openFirewall'
    | 'fetchBootFiles'
    | 'openBootFiles'
    | 'chooseNic'
    | 'chooseProfile'
    | 'openNetworkSettings'
    | 'retry'
  /** What the remedy would use, e.g. `{ nic: 'enp0s8', address: '192.168.60.1', prefix: 24 }`. */
  details: ErrorDetails
}

export interface PreflightLine {
  check: PreflightCheck
  verdict: Verdict
  /** Absent while pending. */
  finding?: PreflightFinding
  /**
   * Values for the sentence: `nic.*` {nic, speedMbps}; `link.*` {nic, speedMbps, duplex}; `address.ok` {address, prefix}; `ports.held` {port, protocol,
   * process, pid}, `ports.heldKnown` also {stop}; `firewall.closed` {kind, ports}; `bootFiles.*` {files}; `profile.*` {profile, files}; `disk.*` {freeBytes, neededBytes};
   * `dhcp.invalid` as `DhcpFault`; `otherDhcp.heard`, `.refused` and `.expected` {address, mac, vendor, offered, router}.
   */
  details: ErrorDetails
  remedy?: Remedy
}

export interface PreflightView {
  ranAt: number
  nic?: string
  running: boolean
  lines: PreflightLine[]
}
