import type { AmorceEvent, BatteryState, DhcpClientFacts, FirmwareKind } from '../../contract/index.ts'

export const mac = '52:54:00:12:34:56'
export const address = '192.168.60.50'
const defaultMac = mac
const defaultAddress = address

const client = (firmware: FirmwareKind, said: Partial<DhcpClientFacts> = {}): DhcpClientFacts => ({
  firmware,
  secs: 0,
  xid: 0x1234,
  ...said,
})

/** A story told second by second, for the tests of journeys and troubles. */
export class Story {
  readonly #play: (event: AmorceEvent) => void
  readonly startMs = Date.UTC(2026, 0, 5, 8, 0, 0)
  #seconds = 0
  #transfers = 0

  /** @param mac whose story it is */
  constructor(
    play: (event: AmorceEvent) => void,
    readonly mac = defaultMac,
    readonly address = defaultAddress,
  ) {
    this.#play = play
  }

  /** Another machine's story, told to the same ears and begun at the same moment. */
  beside(mac: string, address: string): Story {
    const other = new Story(this.#play, mac, address)
    other.#seconds = this.#seconds
    return other
  }

  get now(): number {
    return this.startMs + this.#seconds * 1000
  }

  wait(seconds: number): this {
    this.#seconds += seconds
    return this
  }

  /** A DISCOVER that is offered an address and acknowledged; `bootFile` is what the ACK names. */
  lease(firmware: FirmwareKind, bootFile?: string): this {
    return this.discover(firmware).offer(bootFile).ack(firmware, bootFile)
  }

  /** @param said what it says of itself beside that */
  discover(firmware: FirmwareKind, said: Partial<DhcpClientFacts> = {}): this {
    this.#play({ type: 'dhcp.discover', at: this.now, mac: this.mac, client: client(firmware, said) })
    return this
  }

  offer(bootFile?: string): this {
    this.#play({ type: 'dhcp.offer', at: this.now, mac: this.mac, address: this.address, bootFile, xid: 0x1234 })
    return this
  }

  ack(firmware: FirmwareKind, bootFile?: string, renewal = false): this {
    const expiresAt = this.now + 3_600_000
    this.#play({
      type: 'dhcp.ack',
      at: this.now,
      mac: this.mac,
      address: this.address,
      expiresAt,
      renewal,
      bootFile,
      client: client(firmware),
    })
    return this
  }

  /** A file asked for and, one second later, wholly delivered. */
  fetch(kind: 'loader' | 'script' | 'kernel' | 'initrd', file: string, size = 1000): this {
    const id = this.begin(kind, file, size)
    this.wait(1)
    return this.end(id, kind, file, size, 'complete')
  }

  begin(
    kind: 'loader' | 'script' | 'kernel' | 'initrd',
    file: string,
    size = 1000,
    options: Record<string, number> = {},
  ): string {
    const id = `t${++this.#transfers}-${this.mac}`
    const protocol = kind === 'loader' ? 'tftp' : 'http'
    this.#play({ type: 'transfer.start', at: this.now, id, protocol, client: this.address, file, kind, size, options })
    return id
  }

  progress(id: string, bytes: number, retransmissions = 0): this {
    this.#play({ type: 'transfer.progress', at: this.now, id, client: this.address, bytes, retransmissions })
    return this
  }

  end(
    id: string,
    kind: 'loader' | 'script' | 'kernel' | 'initrd',
    file: string,
    bytes: number,
    outcome: 'complete' | 'probe' | 'aborted' | 'timeout' | 'failed',
    more: { retransmissions?: number; durationMs?: number; reason?: string } = {},
  ): this {
    this.#play({
      type: 'transfer.end',
      at: this.now,
      id,
      protocol: kind === 'loader' ? 'tftp' : 'http',
      client: this.address,
      file,
      kind,
      bytes,
      durationMs: 1000,
      retransmissions: 0,
      outcome,
      ...more,
    })
    return this
  }

  script(localDisk = false): this {
    const profileName = localDisk ? 'Disque local' : 'Examen'
    this.#play({
      type: 'boot.script',
      at: this.now,
      mac: this.mac,
      client: this.address,
      profileId: 1,
      profileName,
      localDisk,
    })
    return this
  }

  heartbeat(stage: 'system' | 'ready' | 'leaving', battery?: BatteryState): this {
    this.#play({
      ...{ type: 'agent.heartbeat', at: this.now, mac: this.mac, client: this.address, stage, facts: {} },
      ...(battery && { battery }),
    })
    return this
  }

  /** In its silence it is asked below its agent, and answers so. */
  asked(answer: 'echo' | 'arp' | 'none'): this {
    this.#play({ type: 'machine.asked', at: this.now, mac: this.mac, address: this.address, answer })
    return this
  }

  woken(): this {
    this.#play({ type: 'machine.woken', at: this.now, mac: this.mac })
    return this
  }

  /** What befalls the laptop's own link. */
  link(change: 'up' | 'down'): this {
    this.#play({ type: 'nic.changed', at: this.now, nic: 'exam0', change })
    return this
  }

  play(event: AmorceEvent): this {
    this.#play(event)
    return this
  }

  /** From power-on to the script, as a BIOS machine does it. */
  bootToScript(): this {
    return this.lease('bios', 'undionly.kpxe')
      .fetch('loader', 'undionly.kpxe')
      .wait(3)
      .lease('ipxe', 'http://192.168.60.1/boot.ipxe')
      .fetch('script', 'boot.ipxe')
      .script()
  }

  /** From power-on to the exam. */
  bootToReady(): this {
    return this.bootToScript()
      .fetch('kernel', 'vmlinuz')
      .fetch('initrd', 'initrd.img')
      .wait(5)
      .lease('none')
      .heartbeat('system')
      .wait(2)
      .heartbeat('ready')
  }
}
