import { basename, resolve } from 'node:path'
import { posix } from 'node:path'
import { silentLogger, systemClock } from '../../base/index.ts'
import { CodedError, tftpRequestSchema } from '../../contract/index.ts'
import { TftpTool } from '../../house/index.ts'
import { exitCodes } from '../table.ts'
import { numberOption, textOption, type Command } from '../task.ts'

/** `amorce tftp get|put <host> <file>`: the console's own TFTP client. */
export const tftp: Command = async (task) => {
  const { operands } = task.arguments
  const [action = 'get', host = '', from = '', as] = operands
  const isGet = action === 'get'
  const remote = isGet ? from : (as ?? basename(from))
  const local = resolve(isGet ? (as ?? posix.basename(from)) : from)
  const request = tftpRequestSchema.safeParse({
    ...{ action, host, file: remote, mode: 'octet', timeoutSeconds: 0, askSize: true },
    port: numberOption(task, 'port') ?? 69,
    blockSize: numberOption(task, 'block-size') ?? 1468,
    windowSize: numberOption(task, 'window-size') ?? 1,
    nic: textOption(task, 'nic') ?? '',
  })
  if (!request.success)
    throw new CodedError('input.invalid', request.error.issues[0]?.message ?? 'invalid', {
      field: request.error.issues[0]?.path.join('.') ?? '',
    })
  const tool = new TftpTool({ clock: systemClock, logger: silentLogger, onChange: () => undefined })
  const stopListening = task.world.onStop(() => tool.cancel())
  try {
    tool.start(request.data, local)
    await tool.idle()
  } finally {
    stopListening()
  }
  const [attempt] = tool.view.attempts
  const isComplete = attempt?.state === 'complete'
  task.tell({ ok: isComplete, attempt })
  if (isComplete) {
    const seconds = (((attempt.endedAt ?? attempt.startedAt) - attempt.startedAt) / 1000).toFixed(2)
    task.say(task.said.transferred(isGet ? local : remote, attempt.bytes, seconds))
    return exitCodes.done
  }
  const { kind = 'cancelled', facts = {} } = attempt?.failure ?? {}
  const why = [kind, ...Object.entries(facts).map(([name, value]) => `${name}=${value}`)].join(' ')
  if (!task.json) task.world.err(`${task.said.notTransferred(remote, printable(why))}\n`)
  return exitCodes.found
}

/** A server's own words are in it. */
const printable = (text: string): string => text.replace(/\p{Cc}|\p{Cf}/gu, ' ')
