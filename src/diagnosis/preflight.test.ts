import { describe, expect, it } from 'vitest'
import {
  CodedError,
  type BootProfileView,
  type NicView,
  type PreflightCheck,
  type PreflightView,
} from '../contract/index.ts'
import { runPreflight, worstVerdict, type PreflightFacts } from './preflight.ts'

const nic: NicView = {
  name: 'exam0',
  kind: 'ethernet',
  mac: '52:54:00:00:00:01',
  addresses: [{ address: '192.168.60.1', prefix: 24 }],
  link: 'up',
  speedMbps: 1000,
}
const profile: BootProfileView = {
  id: 1,
  name: 'Examen',
  system: 'linux',
  purpose: 'exam',
  kernel: 'vmlinuz',
  initrds: [],
  commandLine: '',
  winpeTask: 'none',
  isDefault: true,
  missing: [],
}

const healthy: PreflightFacts = {
  listNics: () => Promise.resolve([nic]),
  suitableAddress: ({ addresses }) => addresses[0],
  proposeAddress: () => ({ address: '192.168.61.1', prefix: 24 }),
  tryPort: () => Promise.resolve(),
  portHolder: () => Promise.resolve(undefined),
  bootFiles: () => Promise.resolve({ folder: '/boot', files: [], missingLoaders: [] }),
  profile: () => profile,
  notLockable: () => Promise.resolve([]),
  freeDiskBytes: () => Promise.resolve(10 * 2 ** 30),
  otherDhcpServers: () => Promise.resolve([]),
  firewall: () => Promise.resolve({ state: 'open', closed: [] }),
  power: () => Promise.resolve('mains'),
  latestRecordedAt: () => 0,
}

const check = async (
  facts: Partial<PreflightFacts> = {},
  nicName = 'exam0',
): Promise<{ view: PreflightView; line(name: PreflightCheck): PreflightView['lines'][number] }> => {
  const view = await runPreflight(
    { ...healthy, ...facts },
    {
      nic: nicName,
      ports: [
        { protocol: 'udp', port: 67 },
        { protocol: 'tcp', port: 8067 },
      ],
      clock: { now: () => 0 },
      onProgress: () => {},
    },
  )
  const line = (name: PreflightCheck) => {
    const found = view.lines.find((candidate) => candidate.check === name)
    if (!found) throw new Error(`no line ${name}`)
    return found
  }
  return { view, line }
}

describe('the checks before a start', () => {
  it('pass on a healthy machine', async () => {
    const { view } = await check()
    expect(worstVerdict(view)).toBe('ok')
    expect(view.lines.every(({ verdict }) => verdict === 'ok')).toBe(true)
    expect(view.running).toBe(false)
  })

  const findings: [string, Partial<PreflightFacts>, PreflightCheck, object, string?][] = [
    ['no NIC chosen', {}, 'nic', { verdict: 'blocked', finding: 'nic.none', remedy: { id: 'chooseNic' } }, ''],
    [
      'a NIC that went away',
      {},
      'nic',
      { verdict: 'blocked', finding: 'nic.gone', details: { nic: 'gone0' } },
      'gone0',
    ],
    [
      'no cable',
      { listNics: () => Promise.resolve([{ ...nic, link: 'down' }]) },
      'nic',
      { verdict: 'blocked', finding: 'nic.down' },
    ],
    [
      'Wi-Fi',
      { listNics: () => Promise.resolve([{ ...nic, kind: 'wifi' }]) },
      'nic',
      { verdict: 'warning', finding: 'nic.wifi' },
    ],
    ['the speed of the link', {}, 'link', { verdict: 'ok', finding: 'link.ok', details: { speedMbps: 1000 } }],
    [
      'a link at 100 Mb/s',
      { listNics: () => Promise.resolve([{ ...nic, speedMbps: 100, duplex: 'full' }]) },
      'link',
      {
        verdict: 'warning',
        finding: 'link.slow',
        details: { speedMbps: 100, duplex: 'full' },
        remedy: { id: 'retry' },
      },
    ],
    [
      'a link where only one end speaks at a time',
      { listNics: () => Promise.resolve([{ ...nic, speedMbps: 100, duplex: 'half' }]) },
      'link',
      { verdict: 'warning', finding: 'link.half' },
    ],
    [
      'a virtual card, whose speed says nothing',
      { listNics: () => Promise.resolve([{ ...nic, kind: 'virtual', speedMbps: 10 }]) },
      'link',
      { verdict: 'ok', finding: 'link.unknown' },
    ],
    [
      'no address, with one to set',
      { suitableAddress: () => undefined },
      'address',
      {
        verdict: 'blocked',
        finding: 'address.missing',
        remedy: { id: 'setAddress', details: { nic: 'exam0', address: '192.168.61.1', prefix: 24 } },
      },
    ],
    [
      'a port held by a named process',
      {
        tryPort: () => Promise.reject(new CodedError('socket.portInUse', 'in use')),
        portHolder: () => Promise.resolve({ pid: 812, process: 'nc' }),
      },
      'ports',
      { verdict: 'blocked', finding: 'ports.held', details: { port: 67, process: 'nc', pid: 812 } },
    ],
    [
      'a port held by a program that is known, and how to stop it',
      {
        tryPort: () => Promise.reject(new CodedError('socket.portInUse', 'in use')),
        portHolder: () =>
          Promise.resolve({
            pid: 812,
            process: 'dnsmasq',
            commandLine: 'dnsmasq --conf=/var/lib/libvirt/default.conf',
          }),
      },
      'ports',
      {
        verdict: 'blocked',
        finding: 'ports.heldKnown',
        details: { process: 'libvirt (dnsmasq)', stop: 'virsh net-destroy default' },
      },
    ],
    [
      'a firewall that holds ports back, with a click that opens it',
      { firewall: () => Promise.resolve({ kind: 'ufw', state: 'closed', closed: ['UDP 67', 'UDP 69'] }) },
      'firewall',
      {
        verdict: 'warning',
        finding: 'firewall.closed',
        details: { kind: 'ufw', ports: 'UDP 67, UDP 69', nic: 'exam0' },
        remedy: { id: 'openFirewall', details: { nic: 'exam0' } },
      },
    ],
    [
      'a firewall that cannot be read: no obstacle',
      { firewall: () => Promise.resolve({ kind: 'nftables', state: 'unknown', closed: [] }) },
      'firewall',
      { verdict: 'ok', finding: 'firewall.unknown' },
    ],
    [
      'a laptop on its battery',
      { power: () => Promise.resolve('battery') },
      'power',
      { verdict: 'warning', finding: 'power.battery' },
    ],
    [
      'a clock that went back',
      { latestRecordedAt: () => 4_000_000 },
      'clock',
      { verdict: 'warning', finding: 'clock.behind', details: { latest: 4_000_000 } },
    ],
    [
      'a port held by nobody that can be named',
      { tryPort: () => Promise.reject(new CodedError('socket.portInUse', 'in use')) },
      'ports',
      { verdict: 'blocked', finding: 'ports.heldUnknown' },
    ],
    [
      'no right to a low port',
      { tryPort: () => Promise.reject(new CodedError('socket.permission', 'no')) },
      'ports',
      { verdict: 'blocked', finding: 'ports.permission' },
    ],
    [
      'loaders missing',
      { bootFiles: () => Promise.resolve({ folder: '', files: [], missingLoaders: ['ipxe.efi'] }) },
      'bootFiles',
      { verdict: 'blocked', finding: 'bootFiles.missing', details: { files: 'ipxe.efi' } },
    ],
    [
      'a loader that was altered',
      {
        bootFiles: () =>
          Promise.resolve({
            folder: '',
            files: [{ path: 'ipxe.efi', size: 1, modifiedAt: 0, origin: 'loader', verified: false }],
            missingLoaders: [],
          }),
      },
      'bootFiles',
      { verdict: 'blocked', finding: 'bootFiles.corrupt' },
    ],
    [
      'a profile whose files are missing',
      { profile: () => ({ ...profile, missing: ['vmlinuz'] }) },
      'profile',
      { verdict: 'blocked', finding: 'profile.filesMissing', details: { files: 'vmlinuz' } },
    ],
    [
      'no exam system yet',
      { profile: () => ({ ...profile, system: 'localDisk' }) },
      'profile',
      { verdict: 'warning', finding: 'profile.localDisk' },
    ],
    [
      'exam rules on systems that no exam can be laid over, whatever the default is',
      {
        profile: () => ({ ...profile, system: 'localDisk' }),
        notLockable: () => Promise.resolve(['Examen Arch', 'Alpine']),
      },
      'profile',
      { verdict: 'warning', finding: 'profile.notLockable', details: { profile: 'Examen Arch, Alpine' } },
    ],
    ['little disk', { freeDiskBytes: () => Promise.resolve(100 * 2 ** 20) }, 'disk', { verdict: 'warning' }],
    ['no disk', { freeDiskBytes: () => Promise.resolve(0) }, 'disk', { verdict: 'blocked', finding: 'disk.low' }],
    [
      'another DHCP server',
      { otherDhcpServers: () => Promise.resolve([{ address: '192.168.1.1', offered: '192.168.1.20' }]) },
      'otherDhcp',
      { verdict: 'warning', finding: 'otherDhcp.heard', details: { address: '192.168.1.1', offered: '192.168.1.20' } },
    ],
    [
      'a probe that could not be made',
      { otherDhcpServers: () => Promise.reject(new Error('port 68 is held')) },
      'otherDhcp',
      { verdict: 'warning', finding: 'otherDhcp.notProbed', details: { reason: 'port 68 is held' } },
    ],
  ]
  for (const [name, facts, about, expected, nicName] of findings) {
    it(`find ${name}`, async () => {
      const { line } = await check(facts, nicName)
      expect(line(about)).toMatchObject(expected)
    })
  }

  it('leave what cannot be checked without a NIC pending, and still check the rest', async () => {
    const { line } = await check({}, '')
    expect(line('ports').verdict).toBe('pending')
    expect(line('otherDhcp').verdict).toBe('pending')
    expect(line('disk').verdict).toBe('ok')
  })
})
