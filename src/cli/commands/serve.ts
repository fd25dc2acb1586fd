import { CodedError, type AmorceEvent, type PreflightView, type ServiceView } from '../../contract/index.ts'
import type { House } from '../../house/index.ts'
import { dataFolderOf, openHome } from '../home.ts'
import { roomStatus } from '../roomStatus.ts'
import { openStatusServer, type StatusServer } from '../statusServer.ts'
import { exitCodes, type ExitCode } from '../table.ts'
import { isGiven, numberOption, textOption, type Command, type Task } from '../task.ts'

export const defaultStatusPort = 8068

/** `amorce serve`: an exam without a window, until the process is asked to end. */
export const serve: Command = async (task) => {
  const stop = new AbortController()
  // From the first moment on: a start that is under way is ended as cleanly as a running exam.
  const stopListening = task.world.onStop(() => stop.abort())
  let house: House | undefined
  let statusServer: StatusServer | undefined
  try {
    house = await openHome(task, dataFolderOf(task), {}, machinesIn(task))
    statusServer = await openStatus(task, house)
    return await serveUntil(stop.signal, task, house)
  } finally {
    stopListening()
    await statusServer?.close()
    await house?.close()
  }
}

const machinesIn = (task: Task): { simulatedMachines?: number } => {
  const simulatedMachines = numberOption(task, 'machines')
  return simulatedMachines === undefined ? {} : { simulatedMachines }
}

async function openStatus(task: Task, house: House): Promise<StatusServer | undefined> {
  const port = numberOption(task, 'status-port') ?? defaultStatusPort
  if (port === 0) return undefined
  const { version } = task.world.installation
  let services: readonly ServiceView[] = (await house.snapshot()).services ?? []
  house.onUpdate((update) => {
    if (update.services) services = update.services
  })
  return openStatusServer(port, () => roomStatus(house, services, version))
}

async function serveUntil(signal: AbortSignal, task: Task, house: House): Promise<ExitCode> {
  const { commands, session } = house
  const stopTelling = house.onEvent((event) => report(event, task))
  try {
    const nic = textOption(task, 'nic')
    if (nic !== undefined) await commands['nic.choose'](nic)
    try {
      await begin(task, house)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'exam.preflightFailed' && session.preflight)
        return refused(task, session.preflight)
      throw error
    }
    const { nic: chosen = '', address = '' } = session.view
    task.say(task.said.serving(chosen, address))
    await asked(signal)
    await commands['exam.stop'](undefined)
    task.say(task.said.stopped)
    return exitCodes.done
  } finally {
    stopTelling()
  }
}

/** An exam that was cut short goes on where it was; one of another place is over. */
async function begin(task: Task, { commands, session }: House): Promise<void> {
  const isDemo = isGiven(task, 'demo')
  const { resumable } = session.view
  const nic = textOption(task, 'nic')
  if (resumable && resumable.simulated === isDemo && (nic === undefined || nic === resumable.nic)) {
    try {
      return await commands['exam.resume'](undefined)
    } catch (error) {
      const code = error instanceof CodedError ? error.code : ''
      // Its card or its address is not there any more; any other fault would meet a new exam too.
      if (code !== 'nic.notFound' && code !== 'nic.noAddress') throw error
    }
  }
  if (session.view.resumable) await commands['exam.discard'](undefined)
  await (isDemo
    ? commands['exam.startDemo'](undefined)
    : commands['exam.start']({ acceptWarnings: isGiven(task, 'accept-warnings') }))
}

const asked = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function refused(task: Task, preflight: PreflightView): ExitCode {
  task.tell({ ok: false, preflight })
  task.say(task.said.refused)
  for (const { check, verdict, finding, details } of preflight.lines) {
    if (verdict === 'ok') continue
    const facts = Object.entries(details).map(([name, value]) => `${name}=${value}`)
    task.say(task.said.checkLine(verdict, check, [finding ?? '', ...facts].join(' ')))
  }
  return exitCodes.found
}

/** With --json, every event but a transfer's progress, a line each; else what a person watches for. */
function report(event: AmorceEvent, { tell, say, said }: Task): void {
  if (event.type !== 'transfer.progress') tell(event)
  if (event.type === 'service.state' && event.state === 'running')
    say(said.service(event.service.toUpperCase(), event.endpoint ?? ''))
  if (event.type === 'service.state' && event.state === 'failed')
    say(said.failed(event.code ?? 'internal', event.service.toUpperCase()))
  if (event.type === 'dhcp.ack' && event.address) say(said.lease(event.mac, event.address))
  if (event.type === 'transfer.end') say(said.sent(event.file, event.client, event.outcome))
}
