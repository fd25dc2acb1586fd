import type { Ipv4 } from '../events.ts'

export const tftpClientActions = ['get', 'put'] as const
export type TftpClientAction = (typeof tftpClientActions)[number]
export const tftpClientModes = ['octet', 'netascii'] as const
export type TftpClientMode = (typeof tftpClientModes)[number]

/** What can go wrong with a transfer that we asked another server for. Each has its words under `tftpFailure.<kind>`. */
export const tftpFailureKinds = [
  'unknownHost',
  'noAnswer',
  'refused',
  'unreachable',
  'fileNotFound',
  'accessDenied',
  'diskFull',
  'fileExists',
  'optionsRefused',
  'badOptions',
  'serverError',
  'stalled',
  'unconfirmed',
  'cancelled',
  'localFile',
  'socket',
] as const
export type TftpFailureKind = (typeof tftpFailureKinds)[number]

export interface TftpFailure {
  kind: TftpFailureKind
  /**
   * Values for the sentence. `message`: the server's own text; `code`: its error code; `block`: the last block that
   * arrived; `seconds`: how long was waited; `option`, `value`; `reason`: what the system said.
   */
  facts: Record<string, string | number>
}

/** What is worth knowing of a transfer that went well, or went on. Each has its words under `tftpNote.<kind>`. */
export const tftpNoteKinds = ['optionsIgnored', 'optionLowered', 'slowAnswers', 'losses', 'fragments'] as const
export type TftpNoteKind = (typeof tftpNoteKinds)[number]
export interface TftpNote {
  kind: TftpNoteKind
  facts: Record<string, string | number>
}

/** One transfer with another TFTP server, from the first packet to what it came to. */
export interface TftpAttemptView {
  id: number
  action: TftpClientAction
  host: string
  port: number
  address?: Ipv4
  file: string
  state: 'running' | 'complete' | 'failed'
  startedAt: number
  endedAt?: number
  bytes: number
  size?: number
  /** Bytes per second, over the whole. */
  rate: number
  blocks: number
  /** Packets sent again by us. */
  retransmissions: number
  /** Milliseconds from a packet of ours to the answer, on the average. */
  roundTripMs?: number
  /** What the server agreed to. */
  options: Record<string, string | number>
  failure?: TftpFailure
  notes: TftpNote[]
  /** The file on this machine. */
  localPath: string
}

export interface TftpClientView {
  /** Newest first; only the first may be running. */
  attempts: TftpAttemptView[]
}
