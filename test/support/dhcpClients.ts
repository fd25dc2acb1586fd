import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

// The DHCP clients of Debian, driven as a machine drives them. Each runs a script of ours on every change, which sets
// the NIC's address and writes down what the client was told.

export interface HeardLease {
  /** The client's own word for what happened: udhcpc `bound|renew|deconfig|nak`, dhclient and dhcpcd `BOUND|RENEW|REBOOT|RELEASE`. */
  event: string
  address: string
  serverId: string
  /** Seconds. */
  leaseSeconds: number
  nextServer: string
  bootFile: string
}

abstract class DhcpClient {
  protected readonly folder = temporaryFolder('dhcp')
  protected readonly record = join(this.folder, 'heard')
  protected readonly script = join(this.folder, 'script')
  protected process: Running | undefined

  constructor(
    protected readonly machine: Namespace,
    protected readonly nic: string,
    script: string,
  ) {
    writeFileSync(this.script, script.replaceAll('RECORD', this.record))
    chmodSync(this.script, 0o755)
  }

  /** Everything the client's script was called with, oldest first. */
  get heard(): HeardLease[] {
    if (!existsSync(this.record)) return []
    return readFileSync(this.record, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [event = '', address = '', serverId = '', lease = '', nextServer = '', bootFile = ''] = line.split('|')
        return { event, address, serverId, leaseSeconds: Number(lease), nextServer, bootFile }
      })
  }

  /** Everything the client printed, for a failed test's message. */
  get said(): string {
    return this.process?.said ?? ''
  }

  /** Waits for the nth (from 1) event of that name. */
  async waitForEvent(events: readonly string[], count = 1, timeoutMs = 20_000): Promise<HeardLease> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const found = this.heard.filter((lease) => events.includes(lease.event))[count - 1]
      if (found) return found
      if (Date.now() > deadline)
        throw new Error(`no ${events.join('/')} within ${timeoutMs} ms; the client said:\n${this.said}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async stop(): Promise<void> {
    await this.process?.stop()
  }
}

/** busybox's client, as in the initramfs of most live systems. */
export class Udhcpc extends DhcpClient {
  constructor(machine: Namespace, nic = 'eth0') {
    super(
      machine,
      nic,
      `#!/bin/sh
case "$1" in
  deconfig) ip address flush dev "$interface" ;;
  bound|renew) ip address replace "$ip/\${mask:-24}" dev "$interface" ;;
esac
echo "$1|$ip|$serverid|$lease|$siaddr|$boot_file" >> 'RECORD'
`,
    )
  }

  /** Asks until a lease is bound. */
  async obtain(): Promise<HeardLease> {
    this.begin()
    return this.waitForEvent(['bound'])
  }

  /** Begins to ask, a DISCOVER a second. */
  begin(): void {
    const args = ['udhcpc', '-f', '-i', this.nic, '-s', this.script, '-t', '30', '-T', '1', '-A', '1', '-O', 'bootfile']
    this.process = this.machine.start('busybox', args)
  }

  async renew(): Promise<HeardLease> {
    const already = this.heard.filter(({ event }) => event === 'renew').length
    this.process?.child.kill('SIGUSR1')
    return this.waitForEvent(['renew'], already + 1)
  }

  /** Sends DHCPRELEASE. */
  async release(): Promise<void> {
    const already = this.heard.filter(({ event }) => event === 'deconfig').length
    this.process?.child.kill('SIGUSR2')
    await this.waitForEvent(['deconfig'], already + 1)
  }
}

/** ISC's client, as in Debian's and Ubuntu's installed systems. */
export class Dhclient extends DhcpClient {
  readonly #common: string[]

  constructor(machine: Namespace, nic = 'eth0') {
    super(
      machine,
      nic,
      `#!/bin/sh
case "$reason" in
  BOUND|RENEW|REBIND|REBOOT) ip address replace "$new_ip_address/\${new_subnet_mask:-24}" dev "$interface" ;;
  EXPIRE|FAIL|RELEASE|STOP) ip address flush dev "$interface" ;;
esac
echo "$reason|\${new_ip_address:-$old_ip_address}|$new_dhcp_server_identifier|$new_dhcp_lease_time|$new_next_server|$new_bootfile_name" >> 'RECORD'
`,
    )
    const conf = join(this.folder, 'dhclient.conf')
    writeFileSync(
      conf,
      `request subnet-mask, routers, dhcp-lease-time, dhcp-server-identifier;
supersede dhcp-renewal-time 4;
timeout 20;
retry 5;
`,
    )
    const file = (name: string) => join(this.folder, name)
    this.#common = ['-4', '-v', '-cf', conf, '-lf', file('leases'), '-pf', file('pid'), '-sf', this.script]
  }

  async obtain(): Promise<HeardLease> {
    this.process = this.machine.start('dhclient', [...this.#common, '-1', '-d', this.nic])
    return this.waitForEvent(['BOUND'])
  }

  /** Waits for the renewal the client makes by itself: RENEWING, unicast, 4 seconds after it was bound. */
  async renew(): Promise<HeardLease> {
    const already = this.heard.filter(({ event }) => event === 'RENEW').length
    return this.waitForEvent(['RENEW'], already + 1)
  }

  /** Sends DHCPRELEASE. */
  async release(): Promise<void> {
    await this.stop()
    await this.machine.mustRun('dhclient', [...this.#common, '-r', this.nic])
    await this.waitForEvent(['RELEASE'])
  }
}

/** Folders that a daemon keeps its state in, each machine's its own. */
const withOwn = (folders: readonly string[], command: string): [string, string[]] => [
  'unshare',
  [
    '-m',
    'sh',
    '-c',
    [...folders.map((folder) => `mkdir -p ${folder}; mount -t tmpfs -o mode=755 own ${folder}`), command].join('; '),
  ],
]

/** The client of Raspberry Pi OS and of BSDs. It identifies itself by a DUID (RFC 4361). */
export class Dhcpcd extends DhcpClient {
  constructor(machine: Namespace, nic = 'eth0') {
    super(
      machine,
      nic,
      `#!/bin/sh
echo "$reason|\${new_ip_address:-$old_ip_address}|$new_dhcp_server_identifier|$new_dhcp_lease_time||$new_filename" >> 'RECORD'
`,
    )
  }

  async obtain(): Promise<HeardLease> {
    const options = `-4 -B -d -p -f /dev/null -c ${this.script} -t 30`
    const command = withOwn(['/run', '/var/lib/dhcpcd'], `exec dhcpcd ${options} ${this.nic}`)
    this.process = this.machine.start(...command)
    return this.waitForEvent(['BOUND'], 1, 30_000)
  }

  /** Asks again for the address that it has, as after the cable was out for a while. */
  async rebind(): Promise<HeardLease> {
    this.process?.child.kill('SIGHUP')
    return this.waitForEvent(['RENEW', 'REBIND', 'REBOOT'])
  }

  /** Sends DHCPRELEASE, and ends. */
  async release(): Promise<void> {
    this.process?.child.kill('SIGALRM')
    await this.process?.finished
  }
}

/** systemd's own client, of servers and containers: a daemon that looks after the whole machine. */
export class Networkd {
  #process: Running | undefined

  constructor(
    private readonly machine: Namespace,
    private readonly nic = 'eth0',
  ) {}

  static readonly program = '/lib/systemd/systemd-networkd'

  /** @returns the address, with its prefix, and who gave it */
  async obtain(): Promise<{ address: string; serverId: string }> {
    const unit = `[Match]\\nName=${this.nic}\\n[Network]\\nDHCP=ipv4\\nLinkLocalAddressing=no\\n`
    // Where /sys can be written to, it waits for udev to have seen the NIC, and there is none here.
    const steps = [
      'mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp',
      'chown -R systemd-network: /run/systemd/netif',
      'mount -o remount,ro,bind /sys',
      `printf '${unit}' > /run/systemd/network/10-lab.network`,
      `exec ${Networkd.program}`,
    ].join('; ')
    this.#process = this.machine.start(...withOwn(['/run'], steps), {
      env: { ...process.env, SYSTEMD_LOG_LEVEL: 'info', SYSTEMD_LOG_TARGET: 'console' },
    })
    const [, address = '', serverId = ''] = await this.#process.waitFor(
      /DHCPv4 address ([\d./]+).* (?:acquired from|via) ([\d.]+)/,
      30_000,
    )
    return { address, serverId }
  }

  /** Ends it, which has it give its lease back. */
  async stop(): Promise<void> {
    await this.#process?.stop()
  }
}
