import { appHandlers } from './app.ts'
import { backupHandlers } from './backups.ts'
import { bootHandlers } from './boot.ts'
import { bootChoiceHandlers } from './bootChoice.ts'
import { dhcpHandlers } from './dhcp.ts'
import { droppedHandlers } from './dropped.ts'
import { examDayHandlers } from './examDay.ts'
import { examHandlers } from './exam.ts'
import { finderHandlers } from './finder.ts'
import { examRulesHandlers } from './examRules.ts'
import { exchangeHandlers } from './exchange.ts'
import { labelsHandlers } from './labels.ts'
import { journalHandlers } from './journal.ts'
import { laptopHandlers } from './laptop.ts'
import { linkHandlers } from './link.ts'
import { selfTestHandlers } from './selfTest.ts'
import { packetsHandlers } from './packets.ts'
import { pinHandlers } from './pin.ts'
import { leasesHandlers } from './leases.ts'
import { careHandlers } from './care.ts'
import { consumablesHandlers } from './consumables.ts'
import { placesHandlers } from './places.ts'
import { roomsHandlers } from './rooms.ts'
import { sittingsHandlers } from './sittings.ts'
import { stockFilesHandlers } from './stockFiles.ts'
import { stockHandlers } from './stock.ts'
import { papersHandlers } from './papers.ts'
import { practiceHandlers } from './practice.ts'
import { tftpClientHandlers } from './tftpClient.ts'
import { mediaHandlers } from './media.ts'
import { transfersHandlers } from './transfers.ts'
import { updateHandlers } from './updates.ts'
import { windowsKitHandlers } from './windowsKit.ts'
import type { CommandDeps, CommandHandlers } from './deps.ts'

export type { CommandHandlers } from './deps.ts'

/** What the screen may ask for, one handler a command. Arguments have been through their schema. */
export const commandHandlers = (deps: CommandDeps): CommandHandlers => ({
  ...appHandlers(deps),
  ...examHandlers(deps),
  ...examRulesHandlers(deps),
  ...bootHandlers(deps),
  ...mediaHandlers(deps),
  ...bootChoiceHandlers(deps),
  ...roomsHandlers(deps),
  ...sittingsHandlers(deps),
  ...stockHandlers(deps),
  ...stockFilesHandlers(deps),
  ...placesHandlers(deps),
  ...backupHandlers(deps),
  ...exchangeHandlers(deps),
  ...finderHandlers(deps),
  ...labelsHandlers(deps),
  ...consumablesHandlers(deps),
  ...careHandlers(deps),
  ...leasesHandlers(deps),
  ...journalHandlers(deps),
  ...laptopHandlers(deps),
  ...linkHandlers(deps),
  ...packetsHandlers(deps),
  ...pinHandlers(deps),
  ...selfTestHandlers(deps),
  ...transfersHandlers(deps),
  ...dhcpHandlers(deps),
  ...tftpClientHandlers(deps),
  ...papersHandlers(deps),
  ...practiceHandlers(deps),
  ...droppedHandlers(deps),
  ...examDayHandlers(deps),
  ...updateHandlers(deps),
  ...windowsKitHandlers(deps),
})
