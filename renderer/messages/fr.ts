import { boot } from './fr/boot.ts'
import { checks } from './fr/checks.ts'
import { common } from './fr/common.ts'
import { dhcp } from './fr/dhcp.ts'
import { diagnosis } from './fr/diagnosis.ts'
import { errors } from './fr/errors.ts'
import { exam } from './fr/exam.ts'
import { examRules } from './fr/examRules.ts'
import { exchange } from './fr/exchange.ts'
import { firstRun } from './fr/firstRun.ts'
import { help } from './fr/help.ts'
import { journal } from './fr/journal.ts'
import { leases } from './fr/leases.ts'
import { link } from './fr/link.ts'
import { machines } from './fr/machines.ts'
import { references } from './fr/references.ts'
import { rooms } from './fr/rooms.ts'
import { papers } from './fr/papers.ts'
import { pin } from './fr/pin.ts'
import { packets } from './fr/packets.ts'
import { packetFields } from './fr/packetFields.ts'
import { settings } from './fr/settings.ts'
import { shell } from './fr/shell.ts'
import { sittings } from './fr/sittings.ts'
import { stock } from './fr/stock.ts'
import { tftpClient } from './fr/tftpClient.ts'
import { dropped } from './fr/dropped.ts'
import { examDay } from './fr/examDay.ts'
import { media } from './fr/media.ts'
import { transfers } from './fr/transfers.ts'
import { updates } from './fr/updates.ts'
import { windowsKit } from './fr/windowsKit.ts'
import { stockErrors } from './fr/stockErrors.ts'
import { stockRooms } from './fr/stockRooms.ts'

/** Every word of the console. French is the source: its keys are the keys, its placeholders the placeholders. */
export const fr = {
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
} as const
