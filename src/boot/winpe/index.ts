import { macSchema, type Ipv4, type Language, type Mac } from '../../contract/index.ts'
import type { RouteReply, RouteRequest } from '../../http/index.ts'
import { agentName, agentScript } from './agent.ts'
import { startupCmd, startupName, winpeshlIni, type StartupContext } from './startup.ts'

// Windows PE through wimboot (https://ipxe.org/wimboot): each file that iPXE hands over beside BCD, boot.sdi and the .wim
// appears in \Windows\System32 of the running system. So one untouched boot.wim serves every machine, and what is a
// machine's own is made when it asks.

/** What is made for each machine, by its name in Windows PE. */
const machineFiles: Record<string, (context: StartupContext) => string> = {
  'winpeshl.ini': winpeshlIni,
  [startupName]: startupCmd,
  [agentName]: () => agentScript.replaceAll('\n', '\r\n'),
}

/**
 * The names of the files to add for a machine that boots these.
 * @param initrds paths of the profile's own; a file of the technician's comes before ours of the same name.
 */
export function winpeFileNames(initrds: readonly string[]): string[] {
  const own = new Set(initrds.map((path) => path.slice(path.lastIndexOf('/') + 1).toLowerCase()))
  const hasImage = [...own].some((name) => name.endsWith('.wim'))
  return hasImage ? Object.keys(machineFiles).filter((name) => !own.has(name)) : []
}

export const winpeFilePath = (mac: Mac, name: string): string => `/boot/${mac}/winpe/${name}`

export interface WinpeRoutesOptions {
  /** Whose lease an address is, as far as it is known. */
  macOf: (client: Ipv4) => Mac | undefined
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  language: () => Language
}

/** `GET /boot/<mac>/winpe/<name>`: one of its files, to the machine that it is for. Undefined: not ours. */
export function createWinpeRoutes(options: WinpeRoutesOptions): (request: RouteRequest) => RouteReply | undefined {
  const { macOf, serverUrl, language } = options
  return ({ path, method, client }) => {
    const { rawMac, name = '' } = /^\/boot\/(?<rawMac>[^/]+)\/winpe\/(?<name>[^/]+)$/.exec(path)?.groups ?? {}
    const { data: mac } = macSchema.safeParse(rawMac)
    if (mac === undefined) return undefined
    const make = Object.hasOwn(machineFiles, name) ? machineFiles[name] : undefined
    if (!make) return plain(404, 'there is no such file for Windows PE\n')
    if (method !== 'GET' && method !== 'HEAD')
      return { ...plain(405, 'use GET, HEAD\n'), headers: { allow: 'GET, HEAD' } }
    const leasedTo = macOf(client)
    if (leasedTo !== undefined && leasedTo !== mac)
      return plain(403, 'this address is under lease to another machine\n')
    return { ...plain(200, make({ serverUrl, mac, language: language() })), kind: 'initrd', file: name }
  }
}

const plain = (status: number, body: string): RouteReply => ({
  status,
  contentType: 'text/plain; charset=us-ascii',
  body,
})
