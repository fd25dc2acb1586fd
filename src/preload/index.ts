import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { commandChannel, updateChannel, type AmorceBridge, type Reply } from '../contract/bridge.ts'
import type { CommandName, CommandOutput } from '../contract/channels/index.ts'
import type { ViewUpdate } from '../contract/views/index.ts'

const bridge: AmorceBridge = {
  call: <Name extends CommandName>(name: Name, input: unknown) =>
    ipcRenderer.invoke(commandChannel, name, input) as Promise<Reply<CommandOutput<Name>>>,
  pathOf: (file) => {
    // Electron before 29 has no webUtils, and writes the path on the file itself.
    if (!(file instanceof File)) return ''
    const { path } = file as { path?: string }
    return path ?? (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? ''
  },
  onUpdate: (listener) => {
    const receive = (_event: unknown, update: ViewUpdate): void => listener(update)
    ipcRenderer.on(updateChannel, receive)
    return () => ipcRenderer.off(updateChannel, receive)
  },
}

contextBridge.exposeInMainWorld('amorce', bridge)
