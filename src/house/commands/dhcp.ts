import type { dhcpCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What the DHCP service is to do: checked, imported, exported. */
export const dhcpHandlers = ({ dhcpDesk }: CommandDeps): HandlersOf<typeof dhcpCommands> => ({
  'dhcp.check': (changes) => dhcpDesk.check(changes),
  'dhcp.knownOptions': () => dhcpDesk.knownOptions(),
  'dhcp.importPreview': () => dhcpDesk.previewImport(),
  'dhcp.importApply': () => dhcpDesk.applyImport(),
  'dhcp.importUndo': () => dhcpDesk.undoImport(),
  'dhcp.export': (format) => dhcpDesk.export(format),
})
