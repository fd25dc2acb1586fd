import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CodedError, type packetsCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The packet journal. */
export const packetsHandlers = ({ desktop, packetWatch }: CommandDeps): HandlersOf<typeof packetsCommands> => ({
  'packets.list': (query) => ({ ...packetWatch.source, ...packetWatch.journal.list(query) }),
  'packets.get': (id) => packetWatch.journal.get(id) ?? null,
  'packets.export': async (filter) => {
    const path = await desktop.chooseSaveFile('amorce.pcapng')
    if (path === undefined) return null
    try {
      await writeFile(path, packetWatch.journal.pcapng(filter))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
    }
    return path
  },
})
