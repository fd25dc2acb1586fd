import { posix } from 'node:path'
import type { tftpClientCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The TFTP client of the console. */
export const tftpClientHandlers = ({ tftpTool, desktop }: CommandDeps): HandlersOf<typeof tftpClientCommands> => ({
  'tftpClient.start': async (request) => {
    const name = posix.basename(request.file.replaceAll('\\', '/')) || 'file'
    const path =
      request.action === 'get' ? await desktop.chooseSaveFile(name) : (await desktop.chooseFiles('upload'))[0]
    if (path === undefined) return false
    tftpTool.start(request, path)
    return true
  },
  'tftpClient.cancel': () => tftpTool.cancel(),
})
