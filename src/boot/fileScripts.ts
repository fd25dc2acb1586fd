import type { Ipv4 } from '../contract/index.ts'
import type { RouteHandler } from '../http/index.ts'

/**
 * The boot scripts as files, for loaders that have TFTP alone: `boot/52-54-00-12-34-56.ipxe` (`${mac:hexhyp}` in iPXE; no file
 * is called by a colon) and `boot/52-54-00-12-34-56/script.ipxe`, answered by the
 * routes that answer HTTP, with the same rule of who may have them and the same events.
 *
 * Stricter in one thing: an address that is under no lease gets nothing. TFTP has no answer but the file, and no query to
 * name the machine by.
 *
 * @param routes those of `createBootRoutes`, which answer at once.
 */
export function scriptFiles(
  routes: RouteHandler,
  macOf: (client: Ipv4) => string | undefined,
): (path: string, client: Ipv4) => Buffer | undefined {
  return (path, client) => {
    if (!/^boot\/[^/]+(\/script)?\.ipxe$/.test(path) || macOf(client) === undefined) return undefined
    const reply = routes({
      ...{ method: 'GET', path: `/${path}`, query: new URLSearchParams(), client, headers: {} },
      body: Buffer.alloc(0),
    })
    if (reply === undefined || reply instanceof Promise || reply.status !== 200 || reply.body === undefined)
      return undefined
    return Buffer.from(reply.body)
  }
}
