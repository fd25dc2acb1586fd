import type { BootFiles, BootProfile, Profiles } from '../boot/index.ts'
import {
  CodedError,
  type AppInfo,
  type BootFilesView,
  type BootProfileView,
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  type Mac,
  type NicAddress,
  type ViewUpdate,
} from '../contract/index.ts'
import type { Journal } from '../diagnosis/index.ts'
import type { ExamSession, Journeys, Supervisor } from '../exam/index.ts'
import type { Settings } from '../storage/index.ts'
import type { Stock } from '../stock/index.ts'
import type { Desktop } from './house.ts'
import type { Leases } from './leases.ts'
import type { Publisher } from './publisher.ts'

export type CommandHandlers = {
  [Name in CommandName]: (argument: CommandArgument<Name>) => CommandOutput<Name> | Promise<CommandOutput<Name>>
}

export interface CommandDeps {
  info: AppInfo
  desktop: Desktop
  session: ExamSession
  settings: Settings
  stock: Stock
  profiles: Profiles
  bootFiles: BootFiles
  journal: Journal
  journeys: Journeys
  supervisor: Supervisor
  leases: Leases
  snapshot(): Promise<ViewUpdate>
  refreshBootFiles(): Promise<BootFilesView>
  withMissing(profile: BootProfile): BootProfileView
  /** Until the exam stops or the app closes. */
  giveAddress(nic: string, address: NicAddress): Promise<void>
  watch(mac: Mac | null): void
  mark: Publisher['mark']
}

/** What the screen may ask for, one handler a command. Arguments have been through their schema. */
export function commandHandlers(deps: CommandDeps): CommandHandlers {
  const { session, settings, stock, profiles, bootFiles, journal, journeys, supervisor, leases, desktop, mark } = deps
  const withProfiles = <T>(result: T): T => {
    mark('profiles', 'exam')
    return result
  }

  return {
    'app.info': () => deps.info,
    'view.snapshot': () => deps.snapshot(),
    'settings.save': (changes) => {
      const saved = settings.save(changes)
      mark('settings')
      leases.changed()
      return saved
    },

    'nic.choose': (nic) => {
      settings.save({ nic })
      mark('settings')
      leases.changed()
    },
    'nic.setAddress': ({ nic, address, prefix }) => deps.giveAddress(nic, { address, prefix }),

    'exam.preflight': () => session.check(),
    'exam.start': (options) => session.start(options),
    'exam.startDemo': () => session.startSimulated(),
    'exam.stop': () => session.stop(),
    'exam.resume': () => session.resume(),
    'exam.discard': () => session.discard(),
    'service.restart': (service) => supervisor.restart(service),

    'machine.watch': (mac) => deps.watch(mac),
    'machine.forget': (mac) => {
      journeys.forget(mac)
      mark('machines', 'machinesRemoved')
    },

    'bootFiles.list': () => deps.refreshBootFiles(),
    'bootFiles.add': async () => {
      for (const path of await desktop.chooseFiles()) await bootFiles.add(path)
      return deps.refreshBootFiles()
    },
    'bootFiles.remove': async (path) => {
      await bootFiles.remove(path)
      return deps.refreshBootFiles()
    },
    'bootFiles.fetchLoaders': async () => {
      await desktop.fetchLoaders()
      return deps.refreshBootFiles()
    },
    'bootFiles.openFolder': async () => {
      await desktop.openFolder((await bootFiles.list()).folder)
    },

    'profile.add': (profile) => withProfiles(deps.withMissing(profiles.add(profile))),
    'profile.update': ({ id, profile }) => withProfiles(deps.withMissing(profiles.update(id, profile))),
    'profile.remove': (id) => withProfiles(profiles.remove(id)),
    'profile.makeDefault': (id) => {
      withProfiles(profiles.makeDefault(id))
    },

    'stock.list': (query) => stock.list(query),
    'stock.get': (id) => stock.get(id),
    'stock.add': (item) => stock.add(item),
    'stock.update': ({ id, item }) => stock.update(id, item),
    'stock.remove': (id) => stock.remove(id),
    'stock.restore': (id) => stock.restore(id),
    'stock.addFromMachine': (mac) => {
      const journey = journeys.get(mac)
      if (!journey) throw new CodedError('stock.machineUnknown', `machine ${mac} was not heard in this exam`, { mac })
      const { id } = stock.addFromMachine({ mac, uuid: journey.uuid, facts: journey.facts })
      stock.markSeen(id, journey.lastHeardAt)
      return stock.get(id)
    },

    'lease.list': (query) => leases.list(query),
    'lease.find': (wanted) => leases.find(wanted),
    'lease.pool': () => leases.pool(),
    'lease.free': (address) => leases.free(address),
    'lease.reserve': (reservation) => leases.reserve(reservation),
    'lease.unreserve': (address) => leases.unreserve(address),
    'lease.exportCsv': async () => {
      const path = await desktop.chooseSaveFile('leases.csv')
      if (path === undefined) return null
      await leases.saveCsv(path, settings.current.language)
      return path
    },

    'journal.list': (query) => journal.list(query),
  }
}
