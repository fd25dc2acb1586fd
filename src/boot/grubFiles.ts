import type { Clock, Emit, Logger } from '../base/index.ts'
import { CodedError, type Ipv4, type Language, type Mac } from '../contract/index.ts'
import { bootScreen } from './bootScreen.ts'
import type { RouteHandler } from '../http/index.ts'
import { signedDiskName } from './firmwareTable.ts'
import { grubConfig, grubConfigPath, grubDiskConfig, grubMenu, grubOverlayPath, grubRefusal } from './grubConfig.ts'
import type { BootMenuDesk, BootRoutesOptions } from './routes.ts'
import type { BootProfile } from './script.ts'
import { scriptEvent } from './scriptEvent.ts'
import { signedDisk } from './signedDisk.ts'

export interface GrubFilesOptions {
  profileFor: (mac: Mac, client: Ipv4) => BootProfile
  menuDesk?: BootMenuDesk
  macOf: (client: Ipv4) => Mac | undefined
  examBoot?: BootRoutesOptions['examBoot']
  /** Where the exam's own initrd is. */
  routes: RouteHandler
  /** Folders that boot files are served from, the first that has one wins. */
  roots: readonly string[]
  serverAddress: Ipv4
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  language: () => Language
  clock: Clock
  emit: Emit
  logger: Logger
}

/**
 * The configuration of the signed chain's GRUB, made for the machine that asks; emits `boot.script`. A file that the
 * technician put there himself is never asked for. And the disk that the chain comes on where it comes by HTTP.
 */
export function grubFiles(options: GrubFilesOptions): (path: string, client: Ipv4) => Buffer | undefined {
  const { profileFor, menuDesk, macOf, examBoot, routes, serverAddress, serverUrl, language, clock, emit, logger } =
    options

  /** Addresses of initrds, each with its machine's ticket. */
  const overlays = new Map<Mac, string>()

  const made = (mac: Mac, client: Ipv4): string => {
    const context = { serverAddress, serverUrl, mac, language: language() }
    const menu = menuDesk?.menuFor(mac)
    const profile = menu?.usual ?? profileFor(mac, client)
    const exam = examBoot?.(profile, mac, client)
    if (exam === 'refused') {
      logger.warn('a script was asked for again during an exam', { mac, client })
      return grubRefusal(bootScreen(context.language, serverUrl).profileUnusable(profile.name))
    }
    overlays.delete(mac)
    if (exam) overlays.set(mac, exam.overlay)
    let text: string
    try {
      // An exam has its ticket: there is nothing to choose any more.
      text = menu && !exam ? grubMenu(menu, context) : grubConfig(profile, { ...context, exam })
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      logger.warn('a boot profile cannot be used', { profile: profile.name, mac, ...error.details })
      return grubRefusal(bootScreen(context.language, serverUrl).profileUnusable(profile.name))
    }
    emit(scriptEvent(profile, mac, client, clock.now()))
    return text
  }

  /** The exam's own initrd, by the ticket that its configuration was made with. */
  const overlayOf = (mac: Mac, client: Ipv4): Buffer | undefined => {
    const address = overlays.get(mac)
    if (address === undefined) return undefined
    const { pathname: overlayPath, searchParams: query } = new URL(address, serverUrl)
    const body = Buffer.alloc(0)
    const reply = routes({ method: 'GET', path: decodeURIComponent(overlayPath), query, client, headers: {}, body })
    if (reply === undefined || reply instanceof Promise || reply.status !== 200 || reply.body === undefined)
      return undefined
    return Buffer.from(reply.body)
  }

  let disk: Buffer | undefined

  return (path, client) => {
    if (path === signedDiskName)
      return (disk ??= signedDisk(options.roots, grubDiskConfig({ serverAddress, serverUrl, language: language() })))
    if (path !== grubConfigPath && path !== grubOverlayPath) return undefined
    const mac = macOf(client)
    if (mac === undefined) return undefined
    return path === grubConfigPath ? Buffer.from(made(mac, client)) : overlayOf(mac, client)
  }
}
