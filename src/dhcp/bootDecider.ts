import type { Ipv4, Mac } from '../contract/index.ts'
import type { ReadClientFacts } from './clientFacts.ts'

/** What a machine is told to boot. */
export interface BootAnswer {
  /** Which row of the firmware table was applied, for the screen. */
  firmwareRow: string
  nextServer: Ipv4
  /** A path for TFTP, or an http:// URL. */
  bootFile: string
  /** Option 60 to send: only UEFI HTTP boot needs one. */
  vendorClass?: 'HTTPClient'
}

/** The boot room's side: which file for which machine. Undefined for a client that is not booting. */
export type BootDecider = (client: ReadClientFacts & { mac: Mac }) => BootAnswer | undefined
