import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron'
import type { Logger } from '../base/index.ts'
import {
  CodedError,
  commandChannel,
  commands,
  toWireError,
  updateChannel,
  type CommandName,
  type Reply,
} from '../contract/index.ts'
import type { House } from '../house/index.ts'
import { isOwnPage } from './window.ts'

/** Links the window to the house: commands one way, each checked by its schema; coalesced updates the other. */
export function connectWindow(window: BrowserWindow, house: House, logger: Logger): void {
  ipcMain.handle(commandChannel, async (event, name: unknown, input: unknown): Promise<Reply<unknown>> => {
    try {
      mustBeOurs(event, window)
      return { ok: true, value: await runCommand(house, name, input) }
    } catch (error) {
      const wire = toWireError(error)
      if (wire.code === 'internal') logger.error('command failed', { name, error: String(error) })
      return { ok: false, error: wire }
    }
  })
  const unsubscribe = house.onUpdate((update) => {
    if (!window.isDestroyed()) window.webContents.send(updateChannel, update)
  })
  window.on('closed', () => {
    unsubscribe()
    ipcMain.removeHandler(commandChannel)
  })
}

function mustBeOurs(event: IpcMainInvokeEvent, window: BrowserWindow): void {
  const frame = event.senderFrame
  if (event.sender.id !== window.webContents.id || !frame || frame.parent !== null || !isOwnPage(frame.url))
    throw new CodedError('input.invalid', 'a command came from a page that is not ours')
}

async function runCommand(house: House, name: unknown, input: unknown): Promise<unknown> {
  if (typeof name !== 'string' || !Object.hasOwn(commands, name))
    throw new CodedError('input.invalid', `there is no command ${String(name)}`)
  const commandName = name as CommandName
  const parsed = commands[commandName].input.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new CodedError('input.invalid', `${commandName}: ${issue?.message ?? 'invalid'}`, {
      field: issue?.path.join('.') ?? '',
    })
  }
  // The schema of the same name has just accepted the argument, which the type of the union cannot say.
  const handler = house.commands[commandName] as (argument: unknown) => unknown
  return await handler(parsed.data)
}
