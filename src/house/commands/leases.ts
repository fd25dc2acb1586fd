import type { leasesCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Leases and reservations. */
export const leasesHandlers = ({
  settings,
  leases,
  desktop,
  dhcpDesk,
  lineDesk,
}: CommandDeps): HandlersOf<typeof leasesCommands> => ({
  'lease.list': (query) => leases.list(query),
  'lease.find': (wanted) => leases.find(wanted),
  'lease.pool': () => leases.pool(),
  'lease.free': (address) => leases.free(address),
  'lease.reserve': (reservation) => leases.reserve(reservation),
  'lease.unreserve': (address) => leases.unreserve(address),
  'lease.history': ({ address, mac }) => leases.history(address, mac),
  'lease.ban': (mac) => dhcpDesk.ban(mac),
  'lease.unban': (mac) => dhcpDesk.unban(mac),
  'lease.ping': (address) => lineDesk.ping(address),
  'lease.wake': (mac) => lineDesk.wake(mac),
  'lease.exportCsv': async () => {
    const path = await desktop.chooseSaveFile('leases.csv')
    if (path === undefined) return null
    await leases.saveCsv(path, settings.current.language)
    return path
  },
})
