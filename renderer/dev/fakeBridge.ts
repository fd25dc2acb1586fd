import {
  CodedError,
  commands,
  groupsByEvent,
  toWireError,
  type AmorceBridge,
  type AmorceEvent,
  type AppInfo,
  type BootFilesView,
  type BootProfileView,
  type CommandName,
  type ErrorCode,
  type ErrorDetails,
  type ExamView,
  type ItemInput,
  type ItemQuery,
  type LeaseFilter,
  type LeaseQuery,
  type JournalEntry,
  type JournalQuery,
  type NicView,
  type PreflightLine,
  type PreflightView,
  type ProfileInput,
  type ReservationView,
  type ServiceName,
  type ServiceView,
  type SettingsInput,
  type SettingsView,
  type ViewUpdate,
} from '../../src/contract/index.ts'
import { FakeLeases } from './fakeLeases.ts'
import { FakeRoom } from './fakeRoom.ts'
import { FakeStock } from './fakeStock.ts'

// A main process that is only played, for working on the screens in a browser. What it plays comes from the address:
// ?scene=firstRun|ready|warning|blocked|resumable|running|failed &machines=24 &elapsed=20 &items=60 &lang=fr &theme=light

const frameMs = 100
const refusal = (code: ErrorCode, details: ErrorDetails = {}): CodedError => new CodedError(code, code, details)

const nics: NicView[] = [
  {
    name: 'wlp2s0',
    kind: 'wifi',
    description: 'Intel Wi-Fi 6 AX201',
    addresses: [{ address: '10.12.4.87', prefix: 22 }],
    link: 'up',
    speedMbps: 433,
  },
  {
    name: 'enp0s8',
    kind: 'ethernet',
    description: 'Intel Ethernet I219-LM',
    mac: '0c:37:96:0a:11:02',
    addresses: [{ address: '192.168.60.1', prefix: 24 }],
    proposedPool: { start: '192.168.60.50', end: '192.168.60.250' },
    link: 'up',
    speedMbps: 1000,
    duplex: 'full',
  },
  {
    name: 'enx00e04c680001',
    kind: 'ethernet',
    description: 'Realtek USB 10/100/1000 LAN',
    addresses: [],
    link: 'down',
  },
  { name: 'docker0', kind: 'docker', addresses: [{ address: '172.17.0.1', prefix: 16 }], link: 'down' },
  {
    name: 'vboxnet0',
    kind: 'virtualbox',
    description: 'VirtualBox Host-Only',
    addresses: [{ address: '192.168.56.1', prefix: 24 }],
    link: 'up',
    speedMbps: 10,
  },
]

export function createFakeBridge(query: string): AmorceBridge {
  return new FakeMain(new URLSearchParams(query)).bridge
}

class FakeMain {
  #seq = 0
  #listeners = new Set<(update: ViewUpdate) => void>()
  #scene: string
  #machineCount: number
  #settings: SettingsView
  #exam: ExamView = { phase: 'idle', simulated: false }
  #preflight: PreflightView | undefined
  #services: ServiceView[]
  #stock: FakeStock
  #leases = new FakeLeases(() => this.#room?.views(Date.now()) ?? [])
  #room: FakeRoom | undefined
  #watched: string | null = null
  #journal: JournalEntry[] = []
  #freshJournal: JournalEntry[] = []
  #shown = new Map<string, string>()
  #profiles: BootProfileView[] = [
    {
      id: 1,
      name: 'Debian examen',
      system: 'linux',
      kernel: 'debian-exam/vmlinuz',
      initrds: ['debian-exam/initrd.img'],
      commandLine: 'boot=live toram nopersistence',
      isDefault: true,
      missing: [],
    },
    {
      id: 2,
      name: 'Windows PE (préparation)',
      system: 'windows',
      kernel: 'wimboot',
      initrds: ['winpe/boot.wim', 'winpe/BCD'],
      commandLine: '',
      isDefault: false,
      missing: ['winpe/boot.wim'],
    },
    {
      id: 3,
      name: 'Disque du poste',
      system: 'localDisk',
      kernel: '',
      initrds: [],
      commandLine: '',
      isDefault: false,
      missing: [],
    },
  ]
  #bootFiles: BootFilesView = {
    folder: '/home/technicien/.config/Amorce/boot',
    files: [
      { path: 'undionly.kpxe', size: 73_424, modifiedAt: Date.now() - 9e8, origin: 'loader', verified: true },
      { path: 'snponly.efi', size: 203_776, modifiedAt: Date.now() - 9e8, origin: 'loader', verified: true },
      { path: 'ipxe.efi', size: 1_019_904, modifiedAt: Date.now() - 9e8, origin: 'loader', verified: true },
      { path: 'debian-exam/vmlinuz', size: 8_290_000, modifiedAt: Date.now() - 3e8, origin: 'own' },
      { path: 'debian-exam/initrd.img', size: 214_000_000, modifiedAt: Date.now() - 3e8, origin: 'own' },
    ],
    missingLoaders: ['ipxe.lkrn'],
  }
  #info: AppInfo = {
    version: '0.1.0',
    electron: '45.4.1',
    platform: 'Linux x64',
    dataFolder: '/home/technicien/.config/Amorce',
    demo: false,
  }

  constructor(query: URLSearchParams) {
    this.#scene = query.get('scene') ?? 'firstRun'
    this.#machineCount = Number(query.get('machines') ?? 24)
    this.#stock = new FakeStock(Number(query.get('items') ?? 60))
    this.#settings = {
      language: query.get('lang') === 'en' ? 'en' : 'fr',
      theme: query.get('theme') === 'dark' ? 'dark' : 'light',
      roomName: 'Salle B104',
      nic: this.#scene === 'firstRun' ? '' : 'enp0s8',
      poolStart: '',
      poolEnd: '',
      leaseSeconds: 3600,
      httpPort: 8080,
      expectedMachines: this.#machineCount > 8 ? this.#machineCount + 6 : 0,
    }
    this.#services = (['dhcp', 'tftp', 'http'] as const).map((name) => ({ name, state: 'stopped', count: 0 }))
    if (this.#scene === 'running' || this.#scene === 'failed') this.#run(Number(query.get('elapsed') ?? 20) * 1000)
    if (this.#scene === 'failed') this.#fail('tftp')
    if (this.#scene === 'resumable')
      this.#exam = {
        ...this.#exam,
        resumable: {
          examId: 4,
          nic: 'enp0s8',
          address: '192.168.60.1',
          startedAt: Date.now() - 1_900_000,
          leases: 24,
          machines: 24,
          simulated: false,
        },
      }
    setInterval(() => this.#frame(), frameMs)
  }

  readonly bridge: AmorceBridge = {
    call: async (name, input) => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      const checked = commands[name].input.safeParse(input)
      if (!checked.success)
        return { ok: false, error: { code: 'input.invalid', message: checked.error.message, details: {} } }
      try {
        return { ok: true, value: this.#answer(name, checked.data) as never }
      } catch (error) {
        return { ok: false, error: toWireError(error) }
      }
    },
    onUpdate: (listener) => {
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    },
  }

  #answer(name: CommandName, input: unknown): unknown {
    switch (name) {
      case 'app.info':
        return this.#info
      case 'view.snapshot':
        return this.#snapshot()
      case 'settings.save':
        this.#settings = { ...this.#settings, ...(input as SettingsInput) }
        this.#push({ settings: this.#settings })
        return this.#settings
      case 'nic.choose':
        this.#settings = { ...this.#settings, nic: input as string }
        return this.#push({ settings: this.#settings })
      case 'nic.setAddress':
      case 'bootFiles.openFolder':
      case 'bootFiles.add':
      case 'bootFiles.list':
        return this.#bootFiles
      case 'bootFiles.fetchLoaders': {
        const file = {
          path: 'ipxe.lkrn',
          size: 350_000,
          modifiedAt: Date.now(),
          origin: 'loader',
          verified: true,
        } as const
        this.#bootFiles = { ...this.#bootFiles, files: [...this.#bootFiles.files, file], missingLoaders: [] }
        return this.#bootFiles
      }
      case 'bootFiles.remove':
        if (this.#profiles.some((profile) => [profile.kernel, ...profile.initrds].includes(input as string)))
          throw refusal('boot.fileInUse', { profile: 'Debian examen' })
        this.#bootFiles = { ...this.#bootFiles, files: this.#bootFiles.files.filter(({ path }) => path !== input) }
        return this.#bootFiles
      case 'exam.preflight':
        this.#check()
        return this.#preflight
      case 'exam.start':
        return this.#start((input as { acceptWarnings: boolean }).acceptWarnings)
      case 'exam.startDemo':
        return this.#run(0, true)
      case 'exam.resume':
        return this.#run(40_000)
      case 'exam.discard':
        this.#exam = { phase: 'idle', simulated: false }
        return this.#push({ exam: this.#exam })
      case 'exam.stop':
        return this.#stop()
      case 'service.restart':
        this.#services = this.#services.map((service) =>
          service.name === input
            ? { ...service, state: 'running', error: undefined, endpoint: '192.168.60.1:69' }
            : service,
        )
        return this.#push({ services: this.#services })
      case 'machine.watch':
        this.#watched = input as string | null
        return undefined
      case 'machine.forget':
        this.#shown.delete(input as string)
        return this.#push({ machinesRemoved: [input as string] })
      case 'profile.add':
      case 'profile.update':
      case 'profile.remove':
      case 'profile.makeDefault':
        return this.#profile(name, input)
      case 'journal.list':
        return this.#listJournal(input as JournalQuery)
      case 'lease.list':
        return this.#leases.list(input as LeaseQuery)
      case 'lease.find':
        return this.#leases.find(input as LeaseFilter & { address: string })
      case 'lease.pool':
        return this.#settings.nic ? this.#leases.pool() : null
      case 'lease.free':
        return this.#leasesChanged(this.#leases.free(input as string))
      case 'lease.reserve':
        return this.#leasesChanged(this.#leases.reserve(input as ReservationView))
      case 'lease.unreserve':
        return this.#leasesChanged(this.#leases.unreserve(input as string))
      case 'lease.exportCsv':
        return '/home/technicien/Documents/leases.csv'
      default:
        return this.#answerStock(name, input)
    }
  }

  #leasesChanged<T>(answer: T): T {
    this.#push({ leasesRevision: ++this.#leases.revision })
    return answer
  }

  #answerStock(name: CommandName, input: unknown): unknown {
    const known = <T>(item: T | undefined): T => {
      if (!item) throw refusal('stock.itemNotFound')
      return item
    }
    const done = <T>(value: T): T => {
      this.#push({ stockRevision: this.#stock.revision })
      return value
    }
    switch (name) {
      case 'stock.list':
        return this.#stock.list(input as ItemQuery)
      case 'stock.get':
        return known(this.#stock.get(input as number))
      case 'stock.add': {
        const item = input as ItemInput
        if (this.#stock.hasTag(item.assetTag)) throw refusal('stock.duplicateAssetTag', { assetTag: item.assetTag })
        return done(this.#stock.add(item))
      }
      case 'stock.update': {
        const { id, item } = input as { id: number; item: ItemInput }
        if (this.#stock.hasTag(item.assetTag, id)) throw refusal('stock.duplicateAssetTag')
        return done(known(this.#stock.update(id, item)))
      }
      case 'stock.remove':
        return done(this.#stock.remove(input as number))
      case 'stock.restore':
        return done(known(this.#stock.restore(input as number)))
      case 'stock.addFromMachine':
        return done(
          this.#stock.add({
            assetTag: `PC-${(input as string).slice(-5).replace(':', '').toUpperCase()}`,
            type: 'pc',
            manufacturer: 'Dell Inc.',
            model: 'OptiPlex 7090',
            serial: 'SN1042',
            macs: [input as string],
            uuid: '',
            location: '',
            state: 'inService',
            notes: '',
          }),
        )
      default:
        throw refusal('internal', { command: name })
    }
  }

  #profile(name: CommandName, input: unknown): unknown {
    if (name === 'profile.add') {
      const id = Math.max(...this.#profiles.map((profile) => profile.id)) + 1
      this.#profiles = [...this.#profiles, { ...(input as ProfileInput), id, isDefault: false, missing: [] }]
    } else if (name === 'profile.update') {
      const { id, profile } = input as { id: number; profile: ProfileInput }
      this.#profiles = this.#profiles.map((each) => (each.id === id ? { ...each, ...profile } : each))
    } else if (name === 'profile.remove') this.#profiles = this.#profiles.filter(({ id }) => id !== input)
    else this.#profiles = this.#profiles.map((each) => ({ ...each, isDefault: each.id === input }))
    this.#push({ profiles: this.#profiles })
    return this.#profiles.at(-1)
  }

  #snapshot(): ViewUpdate {
    this.#shown.clear()
    return {
      seq: this.#seq,
      full: true,
      nics,
      services: this.#services,
      exam: this.#exam,
      preflight: this.#preflight,
      machines: this.#changedMachines(),
      settings: this.#settings,
      profiles: this.#profiles,
      bootFiles: this.#bootFiles,
      stockRevision: this.#stock.revision,
      leasesRevision: this.#leases.revision,
    }
  }

  #check(): void {
    const { nic } = this.#settings
    const lines: PreflightLine[] = [
      { check: 'nic', verdict: 'ok', finding: 'nic.ok', details: { nic, speedMbps: 1000 } },
      { check: 'address', verdict: 'ok', finding: 'address.ok', details: { address: '192.168.60.1', prefix: 24 } },
      { check: 'ports', verdict: 'ok', finding: 'ports.ok', details: {} },
      { check: 'bootFiles', verdict: 'ok', finding: 'bootFiles.ok', details: {} },
      { check: 'profile', verdict: 'ok', finding: 'profile.ok', details: { profile: 'Debian examen' } },
      { check: 'disk', verdict: 'ok', finding: 'disk.ok', details: { freeBytes: 48_300_000_000 } },
      { check: 'otherDhcp', verdict: 'ok', finding: 'otherDhcp.ok', details: {} },
    ]
    if (nic !== 'enp0s8' && nic.startsWith('en')) {
      lines[0] = { check: 'nic', verdict: 'blocked', finding: 'nic.down', details: { nic } }
      lines[1] = {
        check: 'address',
        verdict: 'blocked',
        finding: 'address.missing',
        details: {},
        remedy: { id: 'setAddress', details: { nic, address: '192.168.60.1', prefix: 24 } },
      }
    }
    if (nic === 'wlp2s0')
      lines[0] = {
        check: 'nic',
        verdict: 'warning',
        finding: 'nic.wifi',
        details: { nic },
        remedy: { id: 'chooseNic', details: {} },
      }
    if (this.#scene === 'blocked') {
      lines[2] = {
        check: 'ports',
        verdict: 'blocked',
        finding: 'ports.held',
        details: { port: 67, protocol: 'UDP', process: 'dnsmasq', pid: 812 },
        remedy: { id: 'retry', details: {} },
      }
      lines[3] = {
        check: 'bootFiles',
        verdict: 'blocked',
        finding: 'bootFiles.missing',
        details: { files: 'ipxe.lkrn' },
        remedy: { id: 'fetchBootFiles', details: {} },
      }
    }
    if (this.#scene === 'warning')
      lines[6] = {
        check: 'otherDhcp',
        verdict: 'warning',
        finding: 'otherDhcp.heard',
        details: { address: '192.168.1.1', offered: '192.168.1.64' },
      }
    const pending = lines.map(({ check }): PreflightLine => ({ check, verdict: 'pending', details: {} }))
    this.#preflight = { ranAt: Date.now(), nic, running: true, lines: pending }
    this.#push({ preflight: this.#preflight })
    setTimeout(() => {
      this.#preflight = { ranAt: Date.now(), nic, running: false, lines }
      this.#push({ preflight: this.#preflight })
    }, 400)
  }

  #start(acceptWarnings: boolean): void {
    const verdicts = this.#preflight?.lines.map(({ verdict }) => verdict) ?? []
    if (verdicts.includes('blocked') || (verdicts.includes('warning') && !acceptWarnings))
      throw refusal('exam.preflightFailed')
    this.#exam = { phase: 'starting', simulated: false, step: 'preparing', nic: this.#settings.nic }
    this.#push({ exam: this.#exam })
    setTimeout(() => this.#push({ exam: (this.#exam = { ...this.#exam, step: 'starting' }) }), 700)
    setTimeout(() => this.#run(0), 1600)
  }

  #run(elapsed: number, simulated = false): void {
    const startedAt = Date.now() - elapsed
    const nic = simulated ? 'simulated' : 'enp0s8'
    this.#exam = {
      phase: 'running',
      simulated,
      examId: 5,
      nic,
      address: '192.168.60.1',
      prefix: 24,
      startedAt,
      profileId: 1,
      profileName: 'Debian examen',
    }
    const ports: Record<ServiceName, number> = { dhcp: 67, tftp: 69, http: 8080 }
    this.#services = this.#services.map((service) => ({
      ...service,
      state: 'running',
      endpoint: `192.168.60.1:${ports[service.name]}`,
      count: 42,
      error: undefined,
    }))
    this.#record({ type: 'exam.started', at: startedAt, examId: 5, nic, address: '192.168.60.1' })
    for (const { name } of this.#services)
      this.#record({ type: 'service.state', at: startedAt, service: name, state: 'running' })
    this.#room = new FakeRoom(this.#machineCount, startedAt, this.#stock, (event, mac) => this.#record(event, mac))
    this.#push({ exam: this.#exam, services: this.#services })
  }

  #stop(): void {
    this.#exam = { ...this.#exam, phase: 'stopping', step: 'stopping' }
    this.#push({ exam: this.#exam })
    setTimeout(() => {
      this.#exam = { phase: 'idle', simulated: false }
      this.#services = this.#services.map((service) => ({ ...service, state: 'stopped', endpoint: undefined }))
      this.#room = undefined
      const gone = [...this.#shown.keys()]
      this.#shown.clear()
      this.#push({ exam: this.#exam, services: this.#services, machinesRemoved: gone })
    }, 800)
  }

  #fail(name: ServiceName): void {
    this.#services = this.#services.map((service) =>
      service.name === name
        ? {
            ...service,
            state: 'failed',
            endpoint: undefined,
            error: { code: 'socket.portInUse', message: 'EADDRINUSE', details: { port: 69, process: 'tftpd-hpa' } },
          }
        : service,
    )
  }

  #record(event: AmorceEvent, mac?: string): void {
    const entry = { id: this.#journal.length + 1, at: event.at, mac, event }
    this.#journal.push(entry)
    this.#freshJournal.push(entry)
  }

  #listJournal({ groups, mac, search, before, limit }: JournalQuery): JournalEntry[] {
    return this.#journal
      .filter((entry) => before === 0 || entry.id < before)
      .filter((entry) => mac === '' || entry.mac === mac)
      .filter((entry) => groups.length === 0 || groupsByEvent[entry.event.type].some((group) => groups.includes(group)))
      .filter((entry) => JSON.stringify(entry).toLowerCase().includes(search.toLowerCase()))
      .reverse()
      .slice(0, limit)
  }

  #changedMachines(): ViewUpdate['machines'] {
    const changed = (this.#room?.views(Date.now()) ?? []).filter((machine) => {
      const state = JSON.stringify({ ...machine, progress: Math.round(machine.progress * 200) })
      if (this.#shown.get(machine.mac) === state) return false
      this.#shown.set(machine.mac, state)
      return true
    })
    return changed.length > 0 ? changed : undefined
  }

  #frame(): void {
    const machines = this.#changedMachines()
    const journal = this.#freshJournal.length > 0 ? this.#freshJournal : undefined
    this.#freshJournal = []
    const newestFirst = [...this.#journal].reverse()
    const detail = this.#watched === null ? undefined : this.#room?.detail(this.#watched, Date.now(), newestFirst)
    const leasesRevision = machines && ++this.#leases.revision
    if (machines || journal || detail) this.#push({ machines, journal, detail, leasesRevision })
  }

  #push(update: Omit<ViewUpdate, 'seq'>): void {
    this.#seq += 1
    for (const listener of this.#listeners) listener({ seq: this.#seq, ...update })
  }
}
