import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron'
import type { Logger } from '../base/index.ts'
import { CodedError, commandChannel, toWireError, updateChannel, type Reply } from '../contract/index.ts'
import type { House } from '../house/index.ts'
import { answerCommand } from './answerCommand.ts'
import { isOwnPage } from './window.ts'

/**
 * Links the window to the house: commands one way, each checked by its schema; coalesced updates the other.
 * @returns what parts them
 */
export function connectWindow(window: BrowserWindow, house: House, logger: Logger): () => void {
  ipcMain.handle(commandChannel, (event, name: unknown, input: unknown): Promise<Reply<unknown>> | Reply<unknown> =>
    isFromOurPage(event, window)
      ? answerCommand(house, name, input, logger)
      : { ok: false, error: toWireError(notOurs()) },
  )
  const unsubscribe = house.onUpdate((update) => {
    if (!window.isDestroyed()) window.webContents.send(updateChannel, update)
  })
  let isConnected = true
  const disconnect = (): void => {
    if (!isConnected) return
    isConnected = false
    unsubscribe()
    ipcMain.removeHandler(commandChannel)
  }
  window.on('closed', disconnect)
  return disconnect
}

const notOurs = (): CodedError => new CodedError('input.invalid', 'a command came from a page that is not ours')

function isFromOurPage(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame
  return (
    !window.isDestroyed() &&
    event.sender.id === window.webContents.id &&
    !!frame &&
    frame.parent === null &&
    isOwnPage(frame.url)
  )
}
