import type { fr } from './fr.ts'
import type { Message } from './message.ts'
import { boot } from './en/boot.ts'
import { checks } from './en/checks.ts'
import { common } from './en/common.ts'
import { dhcp } from './en/dhcp.ts'
import { diagnosis } from './en/diagnosis.ts'
import { errors } from './en/errors.ts'
import { exam } from './en/exam.ts'
import { examRules } from './en/examRules.ts'
import { exchange } from './en/exchange.ts'
import { firstRun } from './en/firstRun.ts'
import { help } from './en/help.ts'
import { journal } from './en/journal.ts'
import { leases } from './en/leases.ts'
import { link } from './en/link.ts'
import { machines } from './en/machines.ts'
import { references } from './en/references.ts'
import { rooms } from './en/rooms.ts'
import { papers } from './en/papers.ts'
import { pin } from './en/pin.ts'
import { packets } from './en/packets.ts'
import { packetFields } from './en/packetFields.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { sittings } from './en/sittings.ts'
import { stock } from './en/stock.ts'
import { tftpClient } from './en/tftpClient.ts'
import { dropped } from './en/dropped.ts'
import { examDay } from './en/examDay.ts'
import { media } from './en/media.ts'
import { transfers } from './en/transfers.ts'
import { updates } from './en/updates.ts'
import { windowsKit } from './en/windowsKit.ts'
import { stockErrors } from './en/stockErrors.ts'
import { stockRooms } from './en/stockRooms.ts'

export const en = {
  ...common,
  ...boot,
  ...checks,
  ...shell,
  ...errors,
  ...machines,
  ...exchange,
  ...journal,
  ...exam,
  ...examRules,
  ...rooms,
  ...sittings,
  ...stock,
  ...stockErrors,
  ...stockRooms,
  ...references,
  ...diagnosis,
  ...dhcp,
  ...leases,
  ...packets,
  ...pin,
  ...firstRun,
  ...help,
  ...packetFields,
  ...link,
  ...dropped,
  ...examDay,
  ...media,
  ...transfers,
  ...tftpClient,
  ...papers,
  ...settings,
  ...updates,
  ...windowsKit,
} as const satisfies Record<keyof typeof fr, Message>
