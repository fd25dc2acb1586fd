export {
  fromConfig,
  toConfig,
  type ConfigLoss,
  type ConfigLossReason,
  type NamedReservation,
  type PlanAsConfig,
} from './dhcpConfig.ts'
export { exportDnsmasq } from './dnsmasqExport.ts'
export { exportIsc } from './iscExport.ts'
export type {
  ConfigurationError,
  ImportItem,
  ImportPreview,
  NotTakenReason,
  OwnWayReason,
  TakenKind,
} from './importPreview.ts'
export { importIsc, longestFile } from './iscImport.ts'
export { exportKea } from './keaExport.ts'
export type { OptionShapeName, OptionType, OptionValue } from './optionValue.ts'
export { knownOptions, type KnownOption } from './optionTable.ts'
export type {
  ClientGroup,
  Exported,
  ExportNote,
  ExportNoteReason,
  LeaseTimes,
  MachineIdentity,
  NetworkSettings,
  PlanOption,
  PlanSettings,
  PoolPlan,
  ReservationPlan,
  ServerPlan,
  SubnetPlan,
} from './plan.ts'
