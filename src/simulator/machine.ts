import type { Clock, Logger } from '../base/index.ts'
import { z } from 'zod'
import type { AgentIncident, Ipv4, Mac, MachineFacts, TroubleCode } from '../contract/index.ts'
import type { Behaviour, BreakPoint } from './behaviours.ts'
import { NoLease, obtainLease, type BeginWith, type LeaseRequest, type SimulatedLease } from './dhcpClient.ts'
import {
  diskDressing,
  ipxeDressing,
  romDressing,
  systemDressing,
  type Dressing,
  type SystemClient,
} from './dhcpDressing.ts'
import { ExamFilesAgent } from './examFiles.ts'
import type { Identity, SimulatedFirmware } from './fleet.ts'
import { download, HttpFailed, readText, type Content, type HttpCaller } from './httpClient.ts'
import { runIpxeScript, ScriptFailed, ScriptRunaway, type ScriptEnd } from './ipxeScript.ts'
import type { SimulatedLink } from './link.ts'
import { pause, PowerCut } from './power.ts'
import { between, type Random } from './random.ts'
import { fetchBootFile, TransferFailed } from './tftpClient.ts'
import type { Wire } from './wire.ts'

/** Where a simulated machine is by its own account; the console only knows what it hears. */
export type SimulatedStage =
  | 'off'
  | 'poweredOn'
  | 'leased'
  | 'loader'
  | 'script'
  | 'kernel'
  | 'initrd'
  | 'system'
  | 'ready'
  | 'localDisk'
  /** Broken off as its behaviour says, or for `error`; it starts over by itself. */
  | 'stuck'

/** A step of a machine, for the terminal and for tests. */
export interface Milestone {
  /** Milliseconds since the Unix epoch. */
  at: number
  mac: Mac
  hostName: string
  stage: SimulatedStage
  /** 1 for the first boot since the room opened. */
  boot: number
  address?: Ipv4
  answers: SimulatedMachine['answers']
  /** What was fetched, for `loader`, `kernel` and `initrd`. */
  file?: string
  bytes?: number
  /** For `stuck`: the behaviour that was meant to happen, or what went wrong unexpectedly. */
  reason?: string
}

export interface SimulatedMachine {
  readonly mac: Mac
  readonly uuid: string
  readonly hostName: string
  readonly firmware: SimulatedFirmware
  readonly facts: MachineFacts
  /** A name from the table of behaviours, or `normal`. */
  readonly behaviour: string
  readonly expected: 'ready' | TroubleCode
  readonly stage: SimulatedStage
  /** It came as far as its behaviour lets it: ready, or stuck as expected at least once. */
  readonly settled: boolean
  readonly address?: Ipv4
  /** How it answers below its agent. */
  readonly answers: 'echo' | 'arp' | 'none'
  /** What its agent shows; absent when nobody is to sit there, or before it is ready. */
  readonly screen?: SeatScreen
  /** Bytes of work that who sits there now had handed in elsewhere, and were brought back. */
  readonly restored: number
  /** Something happens in front of it: its agent tells with its next heartbeat. */
  witness(incident: AgentIncident, text?: string): void
  /** How many boots it began. */
  readonly boots: number
  /** What went wrong last that was not meant to. */
  readonly error?: string
}

/** What the console says with each heartbeat, as far as a simulated agent makes use of it. */
const seatSchema = z.object({
  sitting: z.object({ id: z.number(), title: z.string(), state: z.string() }),
  candidate: z.object({ id: z.number(), name: z.string(), number: z.string() }),
  seat: z.string(),
  remainingMs: z.number().nullable(),
  locked: z.object({ reason: z.string() }).nullable(),
  orders: z.array(z.object({ id: z.number(), kind: z.enum(['message', 'reboot', 'powerOff']), text: z.string() })),
})
const heartbeatReplySchema = z.object({
  seat: seatSchema.optional(),
  measureLink: z.string().startsWith('/').optional(),
})

/** What a candidate sees. */
export interface SeatScreen extends Omit<z.infer<typeof seatSchema>, 'orders'> {
  /** Oldest first. */
  messages: string[]
}

export interface MachineSurroundings {
  link: SimulatedLink
  wire: Wire
  clock: Clock
  /** 1 for realistic times, less for a hurry. */
  pace: number
  logger: Logger
  onMilestone: (milestone: Milestone) => void
}

/** Milliseconds at pace 1, low and high; each machine draws its own. */
const durations = {
  selfTest: [1_500, 3_500],
  /** The ROM starts the loader, the loader its own drivers. */
  loaderStart: [1_000, 2_000],
  systemStart: [5_000, 9_000],
  /** From the first heartbeat to the exam on screen. */
  agentStart: [2_000, 4_000],
  /** Through the firmware to the DHCP client of the system on the disk. */
  diskStart: [20_000, 35_000],
  /** Firmware shows its error, goes through its boot order and begins again. */
  afterFailure: [8_000, 14_000],
} as const

/** PXE 2.1 section 2.2: the waits of a ROM. iPXE and the systems are patient enough with the same. */
const dhcpRetries = [4_000, 8_000, 16_000] as const
const heartbeatEvery = 5_000
/** Bytes per second: a room that shares one gigabit link. */
const downloadRate = [4_000_000, 8_000_000] as const
/** Of a ROM between two TFTP blocks, milliseconds. */
const blockLatency = 1

/** What the router of an ADSL line or of a classroom access point would offer. */
const foreignServer = { server: '192.168.1.1', address: '192.168.1.57' }

/** The boot breaks off here, as the machine's behaviour wants it. */
class BreakOff extends Error {
  override readonly name = 'BreakOff'
}

/** The boot cannot go on: the firmware gives up and starts over. */
class BootFailed extends Error {
  override readonly name = 'BootFailed'
}

/** One PC: its firmware, its loader and its system in turn, each talking to the real servers. */
export class Machine implements SimulatedMachine {
  readonly #identity: Identity
  readonly #behaviour: Behaviour
  readonly #around: MachineSurroundings
  readonly #random: Random
  readonly #systemClient: SystemClient
  #power: AbortController | undefined
  #life: Promise<void> = Promise.resolve()
  #stage: SimulatedStage = 'off'
  #settled = false
  #lease: SimulatedLease | undefined
  #agent: { url: string; mac: string } | undefined
  #examFiles: ExamFilesAgent | undefined
  #boots = 0
  #screen: SeatScreen | undefined
  /** What the next heartbeat tells beside the stage. */
  #toTell: { incidents: { incident: AgentIncident; text: string }[]; received: number[] } = {
    incidents: [],
    received: [],
  }
  #messages: string[] = []
  /** Once the console has heard that the order came. */
  #switchAfterNext: 'reboot' | 'powerOff' | undefined
  #error: string | undefined

  constructor(identity: Identity, behaviour: Behaviour, around: MachineSurroundings, random: Random) {
    this.#identity = identity
    this.#behaviour = behaviour
    this.#around = around
    this.#random = random
    this.#systemClient = random() < 0.5 ? 'udhcpc' : 'dhclient'
  }

  get mac(): Mac {
    return this.#identity.mac
  }

  get uuid(): string {
    return this.#identity.uuid
  }

  get hostName(): string {
    return this.#identity.hostName
  }

  get firmware(): SimulatedFirmware {
    return this.#identity.firmware
  }

  get facts(): MachineFacts {
    return this.#identity.facts
  }

  get behaviour(): string {
    return this.#behaviour.name
  }

  get expected(): 'ready' | TroubleCode {
    return this.#behaviour.expected
  }

  get stage(): SimulatedStage {
    return this.#stage
  }

  get settled(): boolean {
    return this.#settled
  }

  get address(): Ipv4 | undefined {
    return this.#lease?.address
  }

  get answers(): 'echo' | 'arp' | 'none' {
    if (this.#stage === 'stuck') return this.#behaviour.breaksOff?.answers ?? 'none'
    return this.#stage === 'off' || this.#lease === undefined ? 'none' : 'echo'
  }

  get boots(): number {
    return this.#boots
  }

  get restored(): number {
    return this.#examFiles?.restored ?? 0
  }

  get screen(): SeatScreen | undefined {
    return this.#screen
  }

  /** Something happens in front of it: its agent tells with its next heartbeat. */
  witness(incident: AgentIncident, text = ''): void {
    this.#toTell.incidents.push({ incident, text })
  }

  get error(): string | undefined {
    return this.#error
  }

  /** Presses the button; does nothing when it is on. */
  powerOn(after = 0): void {
    if (this.#power) return
    const power = new AbortController()
    this.#power = power
    this.#life = this.#live(power.signal, after)
  }

  /** Cuts the power, without a word to anyone. Resolves when nothing of it is left open. */
  async powerOff(): Promise<void> {
    this.#power?.abort()
    await this.#life
    this.#power = undefined
    this.#lease = undefined
    this.#agent = undefined
    this.#screen = undefined
    if (this.#stage !== 'off') this.#reach('off')
  }

  /** Restarts as its user would: the system says goodbye when there is one. */
  async reboot(): Promise<void> {
    const power = this.#power?.signal
    try {
      if (power) await this.#say('leaving', power)
    } catch (error) {
      if (error instanceof PowerCut) return
      throw error
    }
    await this.powerOff()
    this.powerOn()
  }

  async #live(power: AbortSignal, after: number): Promise<void> {
    try {
      await pause(this.#around.clock, after * this.#around.pace, power)
      for (;;) await this.#bootOnce(power)
    } catch (error) {
      if (error instanceof PowerCut) return
      this.#error = error instanceof Error ? error.message : String(error)
      this.#around.logger.error('a simulated machine broke down', { mac: this.mac, error: this.#error })
      this.#reach('stuck', { reason: this.#error })
    }
  }

  /** One way from power-on; returns when the firmware is to start over. */
  async #bootOnce(power: AbortSignal): Promise<void> {
    this.#boots++
    this.#lease = undefined
    this.#agent = undefined
    this.#screen = undefined
    this.#messages = []
    this.#toTell = { incidents: [], received: [] }
    this.#reach('poweredOn')
    try {
      await this.#last(durations.selfTest, power)
      await this.#runFirmware(power)
      await this.#last(durations.loaderStart, power)
      const end = await this.#runLoader(power)
      if (end.kind === 'boot') await this.#runSystem(end.commandLine, power)
      else if (end.kind === 'exit') await this.#runLocalDisk(power)
      else throw new BootFailed('the boot script gave up and restarted the machine')
    } catch (error) {
      if (error instanceof BreakOff) await this.#stayBrokenOff(power)
      else if (isBootFailure(error)) {
        this.#error = error.message
        this.#around.logger.warn('a simulated machine failed to boot', { mac: this.mac, error: error.message })
        this.#reach('stuck', { reason: error.message })
        await this.#last(durations.afterFailure, power)
      } else throw error
    }
  }

  async #runFirmware(power: AbortSignal): Promise<void> {
    const { link, clock, pace } = this.#around
    const foreignOffer = this.#behaviour.takesForeignOffer ? foreignServer : undefined
    const lease = await this.#ask(romDressing(this.#identity), { state: 'init' }, power, { foreignOffer })
    this.#lease = lease
    this.#reach('leased')
    this.#breakOffAt('leased')
    if (lease.bootFile === '') throw new BootFailed('PXE-E53: no boot filename received')
    if (lease.vendorClass === 'PXEClient' && !lease.hasVendorOptions)
      throw new BootFailed('option 60 without option 43: a PXE ROM would now ask port 4011')

    const bytes = await fetchBootFile({
      clock,
      host: lease.nextServer,
      port: link.tftpPort,
      file: lease.bootFile,
      from: lease.address,
      firmware: this.firmware,
      latency: Math.round(blockLatency * pace),
      power,
    })
    this.#reach('loader', { file: lease.bootFile, bytes })
    this.#breakOffAt('loader')
  }

  async #runLoader(power: AbortSignal): Promise<ScriptEnd> {
    const lease = await this.#ask(ipxeDressing(this.#identity), { state: 'init' }, power)
    this.#lease = lease
    if (!lease.bootFile.startsWith('http://'))
      throw new BootFailed(`the loader was given ${lease.bootFile || 'nothing'} instead of a script's address`)

    const caller = this.#caller('iPXE/1.21.1', power)
    const script = await readText(caller, lease.bootFile)
    this.#reach('script', { file: lease.bootFile })
    this.#breakOffAt('script')
    return runIpxeScript(script, lease.bootFile, {
      setting: (name) => this.#setting(name),
      fetchScript: (url, parameters) => asCommand(readText(caller, url, parameters && formContent(parameters))),
      fetchImage: (kind, url) => asCommand(this.#fetchImage(caller, kind, url)),
      sleep: (seconds) => this.#last([seconds * 1000, seconds * 1000], power),
    })
  }

  async #fetchImage(caller: HttpCaller, kind: 'kernel' | 'initrd' | 'file', url: string): Promise<void> {
    const rate = between(this.#random, ...downloadRate) / this.#around.pace
    const broken = kind === 'initrd' && this.#breaksOffAt('midInitrd')
    const { bytes } = await download(caller, url, rate, broken ? 0.5 : 1)
    if (kind === 'initrd') this.#breakOffAt('midInitrd')
    if (kind !== 'file') this.#reach(kind, { file: url, bytes })
  }

  async #runSystem(commandLine: string, power: AbortSignal): Promise<void> {
    this.#breakOffAt('initrd')
    await this.#last(durations.systemStart, power)
    this.#lease = await this.#askAsSystem(power)
    this.#reach('system')

    const server = kernelArgument(commandLine, 'amorce.server')
    if (!server) throw new BootFailed('no amorce.server on the kernel command line: the system cannot report')
    this.#agent = { url: `${server}/api/heartbeat`, mac: kernelArgument(commandLine, 'amorce.mac') ?? this.mac }

    await this.#say('system', power)
    await this.#last(durations.agentStart, power)
    while (!(await this.#say('ready', power))) await this.#untilHeartbeat(power)
    this.#settled ||= this.expected === 'ready'
    this.#reach('ready')
    this.#breakOffAt('ready')

    let renewAt = this.#renewalTime()
    const examFiles = new ExamFilesAgent()
    this.#examFiles = examFiles
    for (;;) {
      await this.#untilHeartbeat(power)
      await this.#say('ready', power)
      if (this.#switchAfterNext && this.#toTell.received.length === 0) {
        const how = this.#switchAfterNext
        this.#switchAfterNext = undefined
        await this.#say('leaving', power)
        if (how === 'reboot') return
        // Off until somebody presses its button.
        this.#reach('off')
        for (;;) await this.#last([60_000, 60_000], power)
      }
      await examFiles.turn(this.#caller('amorce-agent', power), server, this.hostName)
      if (this.#around.clock.monotonic() >= renewAt) {
        await this.#renew(power)
        renewAt = this.#renewalTime()
      }
    }
  }

  /** The firmware was told to start from the machine's own disk: nothing more is heard of it. */
  async #runLocalDisk(power: AbortSignal): Promise<void> {
    this.#settled ||= this.expected === 'ready'
    this.#reach('localDisk')
    for (;;) await this.#last([60_000, 60_000], power)
  }

  async #stayBrokenOff(power: AbortSignal): Promise<void> {
    const { breaksOff, expected, name } = this.#behaviour
    this.#settled ||= expected !== 'ready'
    this.#reach('stuck', { reason: name })
    if (breaksOff?.diskSystem !== undefined) await this.#startDisk(breaksOff.diskSystem, power)
    // Whoever stands before it tries again at once, then less and less.
    const silence = (breaksOff?.silence ?? 0) * 2 ** Math.min(this.#boots - 1, 4)
    await this.#last([silence, silence], power)
  }

  async #startDisk(system: string, power: AbortSignal): Promise<void> {
    // The console's patience is in real seconds: no machine starts its disk faster.
    await pause(
      this.#around.clock,
      Math.max(between(this.#random, ...durations.diskStart) * this.#around.pace, 12_000),
      power,
    )
    this.#lease = await this.#ask(diskDressing(this.#identity, system), { state: 'init' }, power)
  }

  /** A system that knows the address its loader had asks for it again; one that does not starts afresh. */
  async #askAsSystem(power: AbortSignal): Promise<SimulatedLease> {
    const dressing = systemDressing(this.#identity, this.#systemClient)
    const known = this.#lease?.address
    if (this.#systemClient === 'dhclient' && known) {
      try {
        return await this.#ask(dressing, { state: 'initReboot', address: known }, power)
      } catch (error) {
        if (!(error instanceof NoLease)) throw error
      }
    }
    return this.#ask(dressing, { state: 'init' }, power)
  }

  async #renew(power: AbortSignal): Promise<void> {
    const lease = this.#lease
    if (!lease) return
    const transport = await this.#around.wire.openUnicast(lease.address)
    try {
      const dressing = systemDressing(this.#identity, this.#systemClient)
      const begin: BeginWith = { state: 'renewing', address: lease.address, server: lease.server }
      this.#lease = await this.#ask(dressing, begin, power, { transport })
    } catch (error) {
      // A client that is not answered at T1 keeps its lease and asks again later (RFC 2131 section 4.4.5).
      if (!(error instanceof NoLease)) throw error
      this.#error = `renewal: ${error.message}`
    } finally {
      await transport.close()
    }
  }

  #renewalTime(): number {
    return this.#around.clock.monotonic() + (this.#lease?.renewAfter ?? 0) * 1000
  }

  #ask(
    dressing: Dressing,
    begin: BeginWith,
    power: AbortSignal,
    unusual: Partial<Pick<LeaseRequest, 'transport' | 'foreignOffer'>> = {},
  ): Promise<SimulatedLease> {
    const { wire, clock, pace } = this.#around
    return obtainLease({
      transport: wire,
      clock,
      mac: this.mac,
      xid: Math.floor(this.#random() * 0xffff_ffff),
      dressing,
      begin,
      retryAfter: dhcpRetries.map((wait) => wait * pace),
      power,
      ...unusual,
    })
  }

  /** @returns whether the server heard it. */
  async #say(stage: 'system' | 'ready' | 'leaving', power: AbortSignal): Promise<boolean> {
    if (!this.#agent) return false
    const { url, mac } = this.#agent
    const { facts } = this.#identity
    // What happens while this is on its way is told with the next one.
    const incidents = [...this.#toTell.incidents]
    const received = [...this.#toTell.received]
    const body = JSON.stringify({ mac, stage, facts, incidents, received })
    try {
      const reply = await readText(this.#caller('amorce-agent', power), url, { type: 'application/json', body })
      this.#toTell = {
        incidents: this.#toTell.incidents.slice(incidents.length),
        received: this.#toTell.received.slice(received.length),
      }
      const measureLink = this.#obey(reply)
      if (measureLink) await this.#measureLink(new URL(measureLink, url).href, power)
      return true
    } catch (error) {
      // An agent goes on: the server may only be restarting.
      if (!(error instanceof HttpFailed)) throw error
      this.#error = `heartbeat: ${error.message}`
      return false
    }
  }

  /**
   * Does what the reply to a heartbeat says; an order is acknowledged with the next one.
   * @returns where to fetch from to see how fast the link is, when that is asked for
   */
  #obey(reply: string): string | undefined {
    const { seat, measureLink } = heartbeatReplySchema.parse(JSON.parse(reply))
    if (!seat) {
      this.#screen = undefined
      return measureLink
    }
    const { orders, ...screen } = seat
    for (const { id, kind, text } of orders) {
      if (this.#toTell.received.includes(id)) continue
      this.#toTell.received.push(id)
      if (kind === 'message') this.#messages.push(text)
      else this.#switchAfterNext = kind
    }
    this.#screen = { ...screen, messages: [...this.#messages] }
    return measureLink
  }

  async #measureLink(url: string, power: AbortSignal): Promise<void> {
    const rate = between(this.#random, ...downloadRate) / this.#around.pace
    await download(this.#caller('amorce-agent', power), url, rate)
  }

  /** The console's patience is in real seconds: in a hurry, a heartbeat a second says enough. */
  #untilHeartbeat(power: AbortSignal): Promise<void> {
    return pause(this.#around.clock, heartbeatEvery * Math.max(this.#around.pace, 0.2), power)
  }

  #caller(userAgent: string, power: AbortSignal): HttpCaller {
    if (!this.#lease) throw new BootFailed('no address')
    return { clock: this.#around.clock, from: this.#lease.address, userAgent, power }
  }

  /** What iPXE knows of the machine that it runs on. */
  #setting(name: string): string | undefined {
    const { facts, hostName, firmware } = this.#identity
    const lease = this.#lease
    const efi = firmware === 'uefi-x64'
    const settings = new Map<string, string | undefined>(
      Object.entries({
        mac: this.mac,
        ip: lease?.address,
        hostname: hostName,
        manufacturer: facts.manufacturer,
        product: facts.product,
        serial: facts.serial,
        uuid: facts.uuid,
        asset: '',
        '0.5.0': facts.biosVersion,
        '0.8.0': smbiosDate(facts.biosDate),
        memsize: String(facts.memoryMiB),
        platform: efi ? 'efi' : 'pcbios',
        // undionly.kpxe is a 32-bit program, whatever the processor.
        buildarch: efi ? 'x86_64' : 'i386',
        'next-server': lease?.nextServer,
        'dhcp-server': lease?.server,
        filename: lease?.bootFile,
        version: '1.21.1',
      }),
    )
    return settings.get(name.replace(/^(net0|netX|smbios)[./]/, ''))
  }

  #breaksOffAt(point: BreakPoint): boolean {
    const { breaksOff } = this.#behaviour
    return breaksOff?.at === point && this.#boots <= (breaksOff.boots ?? Infinity)
  }

  #breakOffAt(point: BreakPoint): void {
    if (this.#breaksOffAt(point)) throw new BreakOff(point)
  }

  /** Lets a time pass between `low` and `high` milliseconds at pace 1. */
  #last([low, high]: readonly [number, number], power: AbortSignal): Promise<void> {
    return pause(this.#around.clock, between(this.#random, low, high) * this.#around.pace, power)
  }

  #reach(stage: SimulatedStage, more: Pick<Milestone, 'file' | 'bytes' | 'reason'> = {}): void {
    this.#stage = stage
    this.#around.onMilestone({
      at: this.#around.clock.now(),
      mac: this.mac,
      hostName: this.hostName,
      stage,
      boot: this.#boots,
      address: this.address,
      answers: this.answers,
      ...more,
    })
  }
}

/** As firmware writes it: `MM/DD/YYYY`. */
const smbiosDate = (day: string): string => day.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$2/$3/$1')

const kernelArgument = (commandLine: string, name: string): string | undefined =>
  commandLine
    .split(' ')
    .find((word) => word.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const isBootFailure = (error: unknown): error is Error =>
  [BootFailed, NoLease, TransferFailed, HttpFailed, ScriptFailed, ScriptRunaway].some((kind) => error instanceof kind)

/** A transfer that fails is, to the script that asked for it, a command that failed. */
const asCommand = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch((error: unknown) => {
    throw error instanceof HttpFailed ? new ScriptFailed(error.message) : error
  })

const formContent = (parameters: Record<string, string>): Content => ({
  type: 'application/x-www-form-urlencoded',
  body: new URLSearchParams(parameters).toString(),
})
