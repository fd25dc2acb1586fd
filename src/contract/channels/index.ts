import type { z } from 'zod'
import { appCommands } from './app.ts'
import { examCommands } from './exam.ts'
import { examRulesCommands } from './examRules.ts'
import { bootCommands } from './boot.ts'
import { bootChoiceCommands } from './bootChoice.ts'
import { backupCommands } from './backups.ts'
import { finderCommands } from './finder.ts'
import { exchangeCommands } from './exchange.ts'
import { labelsCommands } from './labels.ts'
import { careCommands } from './care.ts'
import { consumablesCommands } from './consumables.ts'
import { placesCommands } from './places.ts'
import { roomsCommands } from './rooms.ts'
import { sittingsCommands } from './sittings.ts'
import { stockFilesCommands } from './stockFiles.ts'
import { stockCommands } from './stock.ts'
import { leasesCommands } from './leases.ts'
import { droppedCommands } from './dropped.ts'
import { examDayCommands } from './examDay.ts'
import { dhcpCommands } from './dhcp.ts'
import { journalCommands } from './journal.ts'
import { papersCommands } from './papers.ts'
import { practiceCommands } from './practice.ts'
import { mediaCommands } from './media.ts'
import { tftpClientCommands } from './tftpClient.ts'
import { laptopCommands } from './laptop.ts'
import { linkCommands } from './link.ts'
import { selfTestCommands } from './selfTest.ts'
import { packetsCommands } from './packets.ts'
import { pinCommands } from './pin.ts'
import { transfersCommands } from './transfers.ts'
import { updateCommands } from './updates.ts'
import { windowsKitCommands } from './windowsKit.ts'

export * from './app.ts'
export * from './exam.ts'
export * from './examRules.ts'
export * from './boot.ts'
export * from './bootChoice.ts'
export * from './backups.ts'
export * from './exchange.ts'
export * from './finder.ts'
export * from './labels.ts'
export * from './care.ts'
export * from './consumables.ts'
export * from './places.ts'
export * from './rooms.ts'
export * from './sittings.ts'
export * from './stock.ts'
export * from './stockFiles.ts'
export * from './leases.ts'
export * from './journal.ts'
export * from './papers.ts'
export * from './practice.ts'
export * from './media.ts'
export * from './tftpClient.ts'
export * from './laptop.ts'
export * from './link.ts'
export * from './packets.ts'
export * from './pin.ts'
export * from './selfTest.ts'
export * from './transfers.ts'
export * from './dhcp.ts'
export * from './dropped.ts'
export * from './examDay.ts'
export * from './updates.ts'
export * from './windowsKit.ts'
export { bootPathSchema, ipv4Schema, macSchema, uuidSchema } from './fields.ts'

/**
 * One map of channels, one file a room: main, preload and the renderer derive their types from it, and main validates
 * every argument with its schema before a service sees it.
 */
export const commands = {
  ...appCommands,
  ...examCommands,
  ...examRulesCommands,
  ...bootCommands,
  ...mediaCommands,
  ...bootChoiceCommands,
  ...roomsCommands,
  ...sittingsCommands,
  ...stockCommands,
  ...finderCommands,
  ...stockFilesCommands,
  ...placesCommands,
  ...backupCommands,
  ...exchangeCommands,
  ...labelsCommands,
  ...consumablesCommands,
  ...careCommands,
  ...leasesCommands,
  ...journalCommands,
  ...laptopCommands,
  ...linkCommands,
  ...packetsCommands,
  ...pinCommands,
  ...selfTestCommands,
  ...transfersCommands,
  ...dhcpCommands,
  ...tftpClientCommands,
  ...papersCommands,
  ...practiceCommands,
  ...droppedCommands,
  ...examDayCommands,
  ...updateCommands,
  ...windowsKitCommands,
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type CommandInput<Name extends CommandName> = z.input<Commands[Name]['input']>
export type CommandArgument<Name extends CommandName> = z.output<Commands[Name]['input']>
export type CommandOutput<Name extends CommandName> = Commands[Name]['output']
