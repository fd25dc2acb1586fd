import type { Clock } from '../../base/index.ts'
import type { AmorceEvent, ChainChoice, Mac } from '../../contract/index.ts'
import type { Database } from '../../storage/index.ts'
import { signedDiskName, signedLoaders } from '../firmwareTable.ts'

/** Which machines are handed signed loaders, by what a technician says and by what their boots show. */
export interface Chains {
  choose(mac: Mac, choice: ChainChoice): void
  choiceOf(mac: Mac): ChainChoice
  /** Its boots showed that it refuses unsigned loaders. */
  needsSigned(mac: Mac): boolean
  /** What it is handed now. Not for firmware that asks: see `firmwareAsks`. */
  isSigned(mac: Mac): boolean
  /** A UEFI firmware asks for its loader: having just fetched one whole, it would not start it. */
  firmwareAsks(mac: Mac): boolean
  hear(event: AmorceEvent, mac: Mac | undefined): void
}

/**
 * A firmware that refuses a loader goes on to its next entry: PXE over IPv6, which nobody answers for a minute, then HTTP.
 * Who restarts a machine by hand in this time only has it tried the other way.
 */
const byItselfMs = 5 * 60_000
const remembered = 4096

interface ChainRow {
  choice: ChainChoice
  needs_signed: number
}

export function createChains(database: Database, clock: Clock): Chains {
  const select = database.prepare<[string], ChainRow>('SELECT choice, needs_signed FROM boot_chains WHERE mac = ?')
  const setChoice = database.prepare(
    'INSERT INTO boot_chains (mac, choice) VALUES (?, ?) ON CONFLICT (mac) DO UPDATE SET choice = excluded.choice',
  )
  const setNeeds = database.prepare(`
    INSERT INTO boot_chains (mac, needs_signed) VALUES (?, ?)
    ON CONFLICT (mac) DO UPDATE SET needs_signed = excluded.needs_signed`)
  /** Loaders that were fetched whole and have not spoken since. */
  const silent = new Map<Mac, { isSigned: boolean; at: number }>()

  const isSigned = (mac: Mac): boolean => {
    const row = select.get(mac)
    return row !== undefined && (row.choice === 'auto' ? row.needs_signed === 1 : row.choice === 'signed')
  }

  return {
    choose: (mac, choice) => void setChoice.run(mac, choice),
    choiceOf: (mac) => select.get(mac)?.choice ?? 'auto',
    needsSigned: (mac) => select.get(mac)?.needs_signed === 1,
    isSigned,
    firmwareAsks(mac) {
      const fetched = silent.get(mac)
      silent.delete(mac)
      // What was refused was not it: the other one is tried the next time.
      if (fetched && clock.now() - fetched.at < byItselfMs) setNeeds.run(mac, fetched.isSigned ? 0 : 1)
      return isSigned(mac)
    },
    hear(event, mac) {
      if (mac === undefined) return
      if (event.type === 'dhcp.discover' && event.client.firmware.startsWith('ipxe')) silent.delete(mac)
      else if (event.type === 'boot.script') silent.delete(mac)
      else if (event.type === 'transfer.end' && event.kind === 'loader' && event.outcome === 'complete') {
        const name = event.file.slice(event.file.lastIndexOf('/') + 1)
        const isSigned = signedLoaders.has(name) || name === signedDiskName
        // A BIOS has no Secure Boot.
        if (!isSigned && !name.endsWith('.efi')) return
        silent.delete(mac)
        silent.set(mac, { isSigned, at: event.at })
        for (const oldest of silent.keys()) {
          if (silent.size <= remembered) break
          silent.delete(oldest)
        }
      }
    },
  }
}
