import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  CodedError,
  type DhcpChoices,
  type DhcpExportView,
  type DhcpFault,
  type DhcpImportView,
  type ExportFormat,
  type KnownOptionView,
  type Mac,
  type MachineView,
  type NicAddress,
  type SettingsInput,
  type SettingsView,
} from '../contract/index.ts'
import {
  createReservations,
  exportDnsmasq,
  exportIsc,
  exportKea,
  fromConfig,
  importIsc,
  knownOptions,
  offeredByForm,
  readConfig,
  toConfig,
  type DhcpServer,
  type Exported,
  type NamedReservation,
  type Reservation,
  type Reservations,
  type ServerPlan,
} from '../dhcp/index.ts'
import { contains, formatIpv4, networkOf, parseIpv4 } from '../network/index.ts'
import type { Database, Settings } from '../storage/index.ts'
import { choicesFrom, dhcpConfigFrom, dhcpFaultOf } from './dhcpConfig.ts'
import type { Desktop } from './options.ts'
import type { KnownMachines } from './knownMachines.ts'

export interface DhcpDeskDeps {
  settings: Settings
  database: Database
  desktop: Desktop
  /** Where the service is, or would be; undefined where nothing can be said of it. */
  address(): NicAddress | undefined
  known: KnownMachines
  itemOf(mac: Mac): MachineView['item']
  /** The one that runs. */
  dhcp(): DhcpServer | undefined
  onChange(): void
}

const formats: Record<ExportFormat, { fileName: string; write(plan: ServerPlan): Exported }> = {
  isc: { fileName: 'dhcpd.conf', write: exportIsc },
  kea: { fileName: 'kea-dhcp4.json', write: exportKea },
  dnsmasq: { fileName: 'dnsmasq.conf', write: exportDnsmasq },
}

/** Where what the DHCP service is to do is checked, brought in from another program, and written for one. */
export class DhcpDesk {
  readonly #deps: DhcpDeskDeps
  readonly #reservations: Reservations
  #previewed: { network: string; result: NonNullable<DhcpImportView['result']> } | undefined
  #before: { network: string; settings: SettingsInput; reservations: Reservation[] } | undefined

  constructor(deps: DhcpDeskDeps) {
    this.#deps = deps
    this.#reservations = createReservations(deps.database)
  }

  /** @returns what keeps the settings, with these in their place, from being served on the chosen NIC */
  check(changes: Partial<SettingsView>): DhcpFault | null {
    const address = this.#deps.address()
    return (address && dhcpFaultOf({ ...this.#deps.settings.current, ...given(changes) }, address)) ?? null
  }

  /** Who is served changes at once; everything else at the next start. */
  settingsChanged(): void {
    this.#deps.dhcp()?.setAccess(this.#deps.settings.current)
  }

  /** Never answers a machine again. */
  ban(mac: Mac): void {
    this.#deny((denied) => [...denied.filter((each) => each !== mac), mac])
  }

  unban(mac: Mac): void {
    this.#deny((denied) => denied.filter((each) => each !== mac))
  }

  #deny(change: (denied: readonly Mac[]) => Mac[]): void {
    const { settings, onChange } = this.#deps
    settings.save({ deny: change(settings.current.deny) })
    this.settingsChanged()
    onChange()
  }

  knownOptions(): KnownOptionView[] {
    return knownOptions.filter(offeredByForm).map(({ code, name, shape, single }) => ({
      code,
      name,
      ...shape,
      ...(single && { single }),
    }))
  }

  /** @throws CodedError `nic.noAddress` without a NIC, since it says which subnet is ours, or `file.notRead` */
  async previewImport(): Promise<DhcpImportView | null> {
    const address = this.#mustHaveAddress()
    const [path] = await this.#deps.desktop.chooseFiles('dhcpConfig')
    if (path === undefined) return null
    const { plan, errors, taken, ownWay, notTaken } = importIsc(await read(path))
    const { config, reservations, losses: lost } = toConfig(plan, address.address)
    const losses: DhcpImportView['losses'] = [...lost]
    const lines = { errors, taken, ownWay, notTaken }
    const view: DhcpImportView = { file: basename(path), ...lines, losses }
    this.#previewed = undefined
    if (errors.length > 0 || !config) return view
    const result = {
      poolStart: config.poolStart,
      poolEnd: config.poolEnd,
      leaseSeconds: config.leaseSeconds,
      choices: choicesFrom(config, this.#deps.settings.current),
      reservations,
    }
    const fault =
      config.leaseSeconds < shortestLease
        ? { field: 'leaseSeconds', reason: 'outOfRange', value: String(config.leaseSeconds) }
        : dhcpFaultOf({ ...result.choices, ...result }, address)
    if (fault) return { ...view, result, fault }
    const network = readConfig(config).networkName
    const kept = this.#reservations.list(network)
    const ours = reservations.filter((each) => {
      const isHere = isOn(config.serverAddress, config.prefix, each)
      const isFree = !kept.some((other) => isAnothers(other, each))
      const reason = isHere ? 'reservedForOther' : 'reservationElsewhere'
      if (!isHere || !isFree) losses.push({ reason, subject: each.name ?? each.address })
      return isHere && isFree
    })
    this.#previewed = { network, result: { ...result, reservations: ours } }
    return { ...view, losses, result: { ...result, reservations: ours } }
  }

  /** @throws CodedError `input.invalid` when nothing was previewed, or a reservation clashes; nothing is changed then */
  applyImport(): { reservations: number; settings: SettingsView } {
    const previewed = this.#previewed
    if (!previewed) throw new CodedError('input.invalid', 'nothing was previewed', { field: 'import' })
    const { settings, database } = this.#deps
    const { network, result } = previewed
    const { choices, reservations, ...pool } = result
    const changes = { ...imported(choices), ...pool }
    const before = {
      network,
      settings: subset(settings.current, changes),
      reservations: this.#reservations.list(network),
    }
    database.transaction(() => {
      for (const { address, mac, uuid } of reservations)
        this.#reservations.set(network, { address: numberOf(address), ...(mac && { mac }), ...(uuid && { uuid }) })
      settings.save(changes)
    })()
    this.#before = before
    this.#previewed = undefined
    this.#changed()
    return { reservations: reservations.length, settings: settings.current }
  }

  /** Harmless when nothing was imported. */
  undoImport(): SettingsView {
    const before = this.#before
    if (!before) return this.#deps.settings.current
    this.#before = undefined
    const { network } = before
    this.#deps.database.transaction(() => {
      for (const { address } of this.#reservations.list(network)) this.#reservations.remove(network, address)
      for (const reservation of before.reservations) this.#reservations.set(network, reservation)
      this.#deps.settings.save(before.settings)
    })()
    this.#changed()
    return this.#deps.settings.current
  }

  /** @throws CodedError `nic.noAddress`, `dhcp.poolInvalid` or `file.notWritten` */
  async export(format: ExportFormat): Promise<DhcpExportView | null> {
    const { settings, known, desktop } = this.#deps
    const address = this.#mustHaveAddress()
    const config = dhcpConfigFrom(settings.current, address, known.count)
    const { networkName } = readConfig(config)
    const { fileName, write } = formats[format]
    const path = await desktop.chooseSaveFile(fileName)
    if (path === undefined) return null
    const { text, notes } = write(fromConfig(config, this.#named(networkName)))
    try {
      await writeFile(path, text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
    }
    return { path, notes }
  }

  /** Machines are called as in the stock, as far as that makes a host name and no other has it. */
  #named(network: string): NamedReservation[] {
    const taken = new Set<string>()
    return this.#reservations.list(network).map(({ address, mac, uuid }) => {
      const tag = mac && this.#deps.itemOf(mac)?.assetTag
      const name = tag && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(tag) && !taken.has(tag) ? tag : undefined
      if (name !== undefined) taken.add(name)
      return { address: formatIpv4(address), mac, uuid, name }
    })
  }

  #mustHaveAddress(): NicAddress {
    const address = this.#deps.address()
    if (!address)
      throw new CodedError('nic.noAddress', 'no NIC with an address is chosen', {
        nic: this.#deps.settings.current.nic,
      })
    return address
  }

  #changed(): void {
    this.#deps.dhcp()?.reloadReservations()
    this.settingsChanged()
    this.#deps.onChange()
  }
}

/** Of a lease in the settings. */
const shortestLease = 60

/** An import says nothing of how Amorce itself is to behave: those choices stay as they are. */
const imported = ({ ...choices }: DhcpChoices): SettingsInput => {
  const said: SettingsInput = choices
  for (const own of ownChoices) delete said[own]
  return said
}

const ownChoices = [
  'dhcpMode',
  'knownShare',
  'limitPerClient',
  'limitStrangers',
  'probeAddresses',
  'otherServers',
  'rapidCommit',
] as const

const given = (changes: Partial<SettingsView>): Partial<SettingsView> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))

const subset = (settings: SettingsView, like: SettingsInput): SettingsInput =>
  Object.fromEntries(Object.keys(like).map((key) => [key, settings[key as keyof SettingsView]]))

const isAnothers = (reserved: Reservation, { address, mac, uuid }: NamedReservation): boolean =>
  formatIpv4(reserved.address) === address &&
  !(mac !== undefined && reserved.mac === mac) &&
  !(uuid !== undefined && reserved.uuid === uuid)

const isOn = (server: string, prefix: number, { address }: NamedReservation): boolean =>
  contains(networkOf(numberOf(server), prefix), prefix, numberOf(address))

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('file.notRead', reason, { file: basename(path), reason })
  }
}

/** Of an address that has been read before. */
const numberOf = (address: string): number => parseIpv4(address) ?? 0
