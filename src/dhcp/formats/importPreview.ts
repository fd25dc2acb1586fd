import type { Place, SyntaxReason } from './iscLexer.ts'
import type { ServerPlan } from './plan.ts'

// What reading another server's configuration comes to: taken, done in Amorce's own way, not taken, or wrong.

export const takenKinds = [
  'subnet',
  'pool',
  'reservation',
  'option',
  'optionDefinition',
  'leaseTime',
  'nextServer',
  'bootFile',
  'serverName',
  'authoritative',
  'unknownClients',
  'bootp',
  'hostNames',
] as const
export type TakenKind = (typeof takenKinds)[number]

/** What is left out because Amorce does it by itself. */
export const ownWayReasons = [
  // The boot file is chosen by the machine's firmware.
  'bootChoice',
  // Nothing else than what Amorce does anyway.
  'asAlways',
] as const
export type OwnWayReason = (typeof ownWayReasons)[number]

/** What dhcpd would do and Amorce will not. */
export const notTakenReasons = [
  'include',
  'class',
  'condition',
  'expression',
  'needsDns',
  'optionSpace',
  'recordOption',
  'protocolOption',
  'ipv6',
  'dynamicDns',
  'failover',
  'housekeeping',
  'unsupportedSetting',
  'poolForSomeClients',
  'poolSetting',
  'otherHardware',
  'noIdentity',
  'secondIdentity',
  'subnetSize',
  // dhcpd warns and goes on.
  'overlappingSubnet',
] as const
export type NotTakenReason = (typeof notTakenReasons)[number]

/** What dhcpd itself would refuse. */
export const configurationErrors = [
  'unknownStatement',
  'unknownOption',
  'misplaced',
  'missingValue',
  'unexpectedWord',
  'badAddress',
  'badNumber',
  'badText',
  'badFlag',
  'badHex',
  'badMac',
  'badMask',
  'badDefinition',
  'outsideSubnet',
  'duplicateName',
  'overlappingRange',
] as const
export type ConfigurationError = SyntaxReason | (typeof configurationErrors)[number]

export interface ImportItem<Reason extends string> extends Place {
  reason: Reason
  /** What it is about, as the file has it, or an address or a name. */
  subject: string
}

/** What importing a file would bring: shown before anything is kept. All lists are in the file's order. */
export interface ImportPreview {
  plan: ServerPlan
  taken: ImportItem<TakenKind>[]
  ownWay: ImportItem<OwnWayReason>[]
  notTaken: ImportItem<NotTakenReason>[]
  /** With an error, the plan holds what could be read all the same. */
  errors: ImportItem<ConfigurationError>[]
}
