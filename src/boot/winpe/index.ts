import type { Clock, Emit } from '../../base/index.ts'
import { macSchema, winpeTasks, type Ipv4, type Language, type Mac, type WinpeTask } from '../../contract/index.ts'
import type { RouteReply, RouteRequest } from '../../http/index.ts'
import { deployName, kitNames } from '../../windowsKit/index.ts'
import { agentName, agentScript } from './agent.ts'
import { startupCmd, startupName, taskName, winpeshlIni, type StartupContext } from './startup.ts'
import { resultOf, taskCmd } from './task.ts'

// Windows PE through wimboot (https://ipxe.org/wimboot): each file that iPXE hands over beside BCD, boot.sdi and the .wim
// appears in \Windows\System32 of the running system. So one untouched boot.wim serves every machine, and what is a
// machine's own is made when it asks.

/** What is made for each machine, by its name in Windows PE. */
const machineFiles: Record<string, (context: StartupContext) => string> = {
  'winpeshl.ini': winpeshlIni,
  [startupName]: startupCmd,
  [agentName]: () => agentScript.replaceAll('\n', '\r\n'),
}

/** The package that prepares an installed Windows, as Windows PE is given it. */
export interface WindowsPackage {
  /** SHA-256 of its manifest, in hexadecimal. */
  manifestHash: string
  files: readonly { name: string; content: Buffer }[]
}

export interface WinpeFilesWanted {
  /** Paths of the profile's own; a file of the technician's comes before ours of the same name. */
  initrds: readonly string[]
  winpeTask: WinpeTask
  /** Whether there is a package to lay. */
  hasPackage: boolean
}

/** The names of the files to add for a machine that boots these. */
export function winpeFileNames({ initrds, winpeTask, hasPackage }: WinpeFilesWanted): string[] {
  const own = new Set(initrds.map((path) => path.slice(path.lastIndexOf('/') + 1).toLowerCase()))
  if (![...own].some((name) => name.endsWith('.wim'))) return []
  const ofTask = {
    none: [],
    prepare: [taskName, ...(hasPackage ? kitNames : [])],
    undo: [taskName, deployName],
  }[winpeTask]
  return [...Object.keys(machineFiles), ...ofTask].filter((name) => !own.has(name.toLowerCase()))
}

export const winpeFilePath = (mac: Mac, name: string): string => `/boot/${mac}/winpe/${name}`

export interface WinpeRoutesOptions {
  /** Whose lease an address is, as far as it is known. */
  macOf: (client: Ipv4) => Mac | undefined
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  language: () => Language
  /** What Windows PE does by itself on this machine, and whether it boots something else after that. */
  taskOf: (mac: Mac) => { task: WinpeTask; restarts: boolean }
  /** Undefined when none was made, or its last day is over. */
  windowsPackage: () => Promise<WindowsPackage | undefined>
  /** The batch file that lays a package and takes it back, `deployName`. */
  deployScript: () => Promise<Buffer>
  clock: Clock
  emit: Emit
}

/**
 * `GET /boot/<mac>/winpe/<name>`: one of its files, to the machine that it is for. `POST /boot/<mac>/winpe/done` with
 * `task=prepare&code=0`: how a task ended; emits `agent.task`. Undefined: not ours.
 */
export function createWinpeRoutes(
  options: WinpeRoutesOptions,
): (request: RouteRequest) => RouteReply | Promise<RouteReply> | undefined {
  const { macOf, serverUrl, language, taskOf, windowsPackage, deployScript, clock, emit } = options

  const make = async (mac: Mac, name: string): Promise<string | Buffer | undefined> => {
    if (Object.hasOwn(machineFiles, name)) return machineFiles[name]!({ serverUrl, mac, language: language() })
    const { task, restarts } = taskOf(mac)
    if (task === 'none') return undefined
    if (name === deployName) return deployScript()
    const laid = task === 'prepare' ? await windowsPackage() : undefined
    if (name === taskName) return taskCmd({ task, restarts, manifestHash: laid?.manifestHash, language: language() })
    return laid?.files.find((file) => file.name === name)?.content
  }

  const hand = async (mac: Mac, name: string): Promise<RouteReply> => {
    const body = await make(mac, name)
    if (body === undefined) return plain(404, 'there is no such file for Windows PE\n')
    return { ...plain(200, body), kind: 'initrd', file: name }
  }

  const hearDone = (mac: Mac, { body, client }: RouteRequest): RouteReply => {
    const said = new URLSearchParams(body.toString('latin1'))
    const task = winpeTasks.find((each) => each === said.get('task'))
    const result = resultOf(said.get('code'))
    if (task === undefined || task === 'none' || result === undefined) return plain(400, 'task=...&code=...\n')
    emit({ type: 'agent.task', at: clock.now(), mac, client, task, result })
    return plain(200, 'ok\n')
  }

  return (request) => {
    const { path, method, client } = request
    const { rawMac, name = '' } = /^\/boot\/(?<rawMac>[^/]+)\/winpe\/(?<name>[^/]+)$/.exec(path)?.groups ?? {}
    const { data: mac } = macSchema.safeParse(rawMac)
    if (mac === undefined) return undefined
    const methods = name === 'done' ? ['POST'] : ['GET', 'HEAD']
    if (!methods.includes(method))
      return { ...plain(405, `use ${methods.join(', ')}\n`), headers: { allow: methods.join(', ') } }
    const leasedTo = macOf(client)
    if (leasedTo !== undefined && leasedTo !== mac)
      return plain(403, 'this address is under lease to another machine\n')
    return name === 'done' ? hearDone(mac, request) : hand(mac, name)
  }
}

const plain = (status: number, body: string | Buffer): RouteReply => ({
  status,
  contentType: 'text/plain; charset=us-ascii',
  body,
})
