import { contextBridge, ipcRenderer } from 'electron'
import { commandChannel, updateChannel, type AmorceBridge, type Reply } from '../contract/bridge.ts'
import type { CommandName, CommandOutput } from '../contract/channels/index.ts'
import type { ViewUpdate } from '../contract/views/index.ts'

const bridge: AmorceBridge = {
  call: <Name extends CommandName>(name: Name, input: unknown) =>
    ipcRenderer.invoke(commandChannel, name, input) as Promise<Reply<CommandOutput<Name>>>,
  onUpdate: (listener) => {
    const receive = (_event: unknown, update: ViewUpdate): void => listener(update)
    ipcRenderer.on(updateChannel, receive)
    return () => ipcRenderer.off(updateChannel, receive)
  },
}

contextBridge.exposeInMainWorld('amorce', bridge)
