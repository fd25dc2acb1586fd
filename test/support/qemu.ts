import { closeSync, copyFileSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Segment } from './namespaces.ts'
import type { Running } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

/** What the machine says of itself in its SMBIOS tables, for its stock item. */
export interface Identity {
  manufacturer: string
  product: string
  serial: string
  uuid: string
  /** Its date as SMBIOS writes it, `MM/DD/YYYY`. */
  bios?: { version: string; date: string }
  /** Of its chassis. */
  assetTag?: string
}

export interface MachineOptions {
  /**
   * `uefiSecure` has Microsoft's keys enrolled and Secure Boot on; `uefiOwnKey` a key of the school's own instead, Debian's example
   * (`ownKey`). `uefiHttp` and `uefiSecureHttp` boot from an address of a web server (UEFI 2.10 section 24.7), never by PXE.
   */
  firmware: 'bios' | 'uefi' | 'uefiHttp' | 'uefiSecure' | 'uefiSecureHttp' | 'uefiOwnKey'
  mac: string
  identity?: Identity
  /** Where its serial console is written. */
  logFile: string
  /** 512 unless said. */
  memoryMb?: number
  /** More of QEMU's arguments: disks that are not started from, controllers. */
  devices?: readonly string[]
  /** QEMU's arguments for its own disk, which it starts from when the network sends it there. */
  disk?: readonly string[]
}

/** A PC of the room: it boots over the network from the segment it is plugged into, and from a disk only when that says so. */
export class QemuMachine {
  private constructor(
    private readonly process: Running,
    private readonly monitorPath: string,
  ) {}

  static async powerOn(segment: Segment, options: MachineOptions): Promise<QemuMachine> {
    const tap = await segment.addTap()
    const monitor = join(temporaryFolder('qemu'), 'monitor')
    return new QemuMachine(
      segment.namespace.start('qemu-system-x86_64', qemuArguments(tap, monitor, options), { logFile: options.logFile }),
      monitor,
    )
  }

  /** The cable of its NIC is plugged in or pulled out. */
  setLink(state: 'on' | 'off'): Promise<string> {
    return this.monitor(`set_link n0 ${state}`)
  }

  /** Types a command into QEMU's monitor: what a hand does to a real machine. */
  monitor(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.monitorPath)
      let said = ''
      let isTyped = false
      socket.setTimeout(20_000, () => socket.destroy(new Error(`the monitor of QEMU did not answer: ${said}`)))
      socket.on('error', reject)
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (!/\(qemu\) [^\n]*$/.test(said.trimEnd() + ' ')) return
        if (isTyped) {
          socket.end()
          resolve(said)
        } else {
          isTyped = true
          said = ''
          socket.write(`${command}\n`)
        }
      })
    })
  }

  /** Presses keys one after the other, by QEMU's names for them: `ret`, `down`, `shift-a`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.monitor(`sendkey ${key}`)
      // A firmware that polls its keyboard misses what comes faster.
      await delay(300)
    }
  }

  /** Types letters and digits, as on a keyboard of the United States, which is what loaders take every keyboard for. */
  type(text: string): Promise<void> {
    return this.press(...[...text].map((sign) => (/[A-Z]/.test(sign) ? `shift-${sign.toLowerCase()}` : sign)))
  }

  /** Everything its serial console showed. */
  get console(): string {
    return this.process.said
  }

  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray> {
    return this.process.waitFor(pattern, timeoutMs)
  }

  /** It has switched itself off, or asked to be restarted, which ends it too. */
  async ended(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!this.process.ended) {
      if (Date.now() > deadline) throw new Error(`the machine still runs after ${timeoutMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async powerOff(): Promise<void> {
    await this.process.stop('SIGTERM')
  }
}

function qemuArguments(tap: string, monitor: string, options: MachineOptions): string[] {
  const { firmware, mac, identity, memoryMb = 512, devices = [], disk } = options
  const nic = `virtio-net-pci,netdev=n0,mac=${mac}`
  return [
    ...[
      '-accel',
      kvmWorks() ? 'kvm' : 'tcg,tb-size=128',
      '-m',
      String(memoryMb),
      '-nographic',
      '-no-reboot',
      '-nodefaults',
    ],
    ...['-serial', 'stdio', '-monitor', `unix:${monitor},server=on,wait=off`, '-device', 'virtio-rng-pci'],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
    ...(firmware === 'bios'
      ? ['-boot', 'n', '-device', nic]
      : [...ovmf(enrolled[firmware]), '-device', `${nic},romfile=${disk ? ',bootindex=1' : ''}`]),
    ...(firmware === 'uefiHttp' || firmware === 'uefiSecureHttp' ? withoutPxe('4', '6') : []),
    // Its own room has no IPv6, and waiting for it takes a minute.
    ...(firmware === 'uefiSecure' || firmware === 'uefiOwnKey' || (firmware === 'uefi' && disk) ? withoutPxe('6') : []),
    ...(identity ? smbios(identity) : []),
    ...devices,
    ...(disk ?? []),
  ]
}

/** What OVMF asks QEMU before it makes boot entries for PXE. */
const withoutPxe = (...versions: ('4' | '6')[]): string[] =>
  versions.flatMap((version) => ['-fw_cfg', `name=opt/org.tianocore/IPv${version}PXESupport,string=n`])

/** Whose keys each firmware has, by the name of Debian's file; Secure Boot is on where there are any. */
const enrolled: Record<Exclude<MachineOptions['firmware'], 'bios'>, '' | '.ms' | '.snakeoil'> = {
  uefi: '',
  uefiHttp: '',
  uefiSecure: '.ms',
  uefiSecureHttp: '.ms',
  uefiOwnKey: '.snakeoil',
}

/** What `uefiOwnKey` trusts: Debian's example of a key, with the password that it is published with. */
export const ownKey = {
  certificate: '/usr/share/ovmf/PkKek-1-snakeoil.pem',
  key: '/usr/share/ovmf/PkKek-1-snakeoil.key',
  password: 'snakeoil',
} as const

/** UEFI firmware with a copy of its variables; no option ROM, so that the firmware's own network stack boots. */
function ovmf(keys: (typeof enrolled)[keyof typeof enrolled]): string[] {
  const isSecure = keys !== ''
  const variables = join(temporaryFolder('ovmf'), 'OVMF_VARS.fd')
  copyFileSync(`/usr/share/OVMF/OVMF_VARS_4M${keys}.fd`, variables)
  const flash = (file: string, access: string) => ['-drive', `if=pflash,format=raw,file=${file}${access}`]
  const code = `/usr/share/OVMF/OVMF_CODE_4M${isSecure ? '.secboot' : ''}.fd`
  return [
    // The firmware guards its keys by system management mode, which only this machine type has.
    ...(isSecure ? ['-machine', 'q35,smm=on', '-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
    ...flash(code, ',readonly=on'),
    ...flash(variables, ''),
  ]
}

function smbios({ manufacturer, product, serial, uuid, bios, assetTag }: Identity): string[] {
  return [
    ...(bios ? ['-smbios', `type=0,vendor=SeaBIOS,version=${bios.version},date=${bios.date}`] : []),
    '-smbios',
    `type=1,manufacturer=${manufacturer},product=${product},serial=${serial},uuid=${uuid}`,
    '-uuid',
    uuid,
    ...(assetTag ? ['-smbios', `type=3,asset=${assetTag}`] : []),
  ]
}

/**
 * Whether QEMU can lean on the processor. A /dev/kvm that opens is not enough: under some hypervisors it is there without
 * VMX or SVM behind it, and then stops at the first instruction of real mode that a firmware needs.
 */
function kvmWorks(): boolean {
  if (!/\b(vmx|svm)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))) return false
  try {
    closeSync(openSync('/dev/kvm', 'r+'))
    return true
  } catch {
    return false
  }
}
