import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { causeNumbers, type SettingsView, type Trouble, type TroubleCode } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { confusionMatrix, forgetVerdicts, noteVerdict, writeConfusionMatrix } from '../support/confusion.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { startDnsmasq } from '../support/dnsmasq.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork, type Namespace } from '../support/namespaces.ts'
import { mustRun } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { runRom, startRom, type RomStep } from '../support/romClient.ts'

// The fault gallery: each cause really provoked, and the verdict must name it first.

const { examNic, examAddress } = LabNetwork
const routerAddress = '192.168.60.254'

interface Room {
  amorce: Amorce
  network: LabNetwork
  /** The machine that is watched. */
  pc: Namespace
  /** Runs a boot client in it to the end. */
  rom(...steps: RomStep[]): Promise<unknown>
  /** Leaves one running in it. */
  leave(...steps: RomStep[]): void
  http: string
}

interface Fault {
  code: TroubleCode
  name: string
  settings?: Partial<SettingsView>
  /** Before the exam starts: the room as it is. */
  before?(room: Pick<Room, 'network' | 'pc'>): Promise<unknown>
  /** Does what goes wrong; the evidence is complete when it resolves. */
  provoke(room: Room): Promise<unknown>
  /** Seconds that the rule itself waits on purpose. */
  patience?: number
}

const bios = { arch: 0 }
const uefi = { arch: 7 }
const leased: RomStep = { do: 'lease', ...bios }
const loader: RomStep = { do: 'tftp', file: 'undionly.kpxe' }

const otherServer = async ({ network }: Pick<Room, 'network'>): Promise<void> => {
  const router = await network.room.addMachine('router', `${routerAddress}/24`)
  await startDnsmasq(router, ['--interface=eth0', '--dhcp-range=192.168.60.200,192.168.60.220,255.255.255.0,2m'])
}

/** The switch's port that the first machine plugged in after the laptop has. */
const portOfPc = 'port2'

const dropIncoming = (laptop: Namespace, match: string): Promise<string> =>
  laptop.mustRun('nft', [
    `add table inet lab; add chain inet lab input { type filter hook input priority 0; }; add rule inet lab input ${match} drop`,
  ])

const faults: Fault[] = [
  {
    code: 'otherServer',
    name: 'dnsmasq',
    provoke: async (room) => {
      await otherServer(room)
      await room.rom({ do: 'lease', ...bios, from: routerAddress })
    },
  },
  {
    code: 'firewall',
    name: 'nftables-67',
    provoke: async ({ network, pc }) => {
      await dropIncoming(network.laptop, 'udp dport 67')
      new Udhcpc(pc).begin()
    },
  },
  {
    code: 'firewall',
    name: 'nftables-69',
    provoke: async ({ network, rom, leave }) => {
      await rom(leased)
      await dropIncoming(network.laptop, 'udp dport 69')
      leave({ ...loader, server: examAddress })
    },
  },
  {
    code: 'secureBoot',
    name: 'refused-at-once',
    provoke: ({ rom }) =>
      rom(
        { do: 'lease', ...uefi },
        { do: 'tftp', file: 'ipxe.efi' },
        { do: 'wait', seconds: 3 },
        { do: 'discover', ...uefi },
      ),
  },
  {
    code: 'proxyUnanswered',
    name: 'asks-4011',
    provoke: ({ rom }) => rom(leased, { do: 'send', port: 4011, ...bios }),
  },
  {
    code: 'offerIgnored',
    name: 'takes-no-offer',
    provoke: ({ rom }) => rom({ do: 'discover', ...bios, times: 4, every: 4 }),
  },
  {
    code: 'spanningTree',
    name: 'bridge-with-stp',
    before: async ({ network }) => {
      const { namespace, bridge } = network.room
      await namespace.ip('link', 'set', bridge, 'type', 'bridge', 'stp_state', '1', 'forward_delay', '800')
    },
    provoke: async ({ network, rom }) => {
      // The cable is plugged in: the port listens and learns, eight seconds each, before it forwards.
      await network.room.namespace.ip('link', 'set', portOfPc, 'down')
      await network.room.namespace.ip('link', 'set', portOfPc, 'up')
      await rom({ do: 'lease', ...bios, late: 40 })
    },
  },
  {
    code: 'loaderHang',
    name: 'silent-loader',
    provoke: ({ rom }) => rom(leased, loader),
    patience: 20,
  },
  {
    code: 'wrongArchitecture',
    name: 'efi-for-bios',
    provoke: ({ rom }) =>
      rom(leased, { do: 'tftp', file: 'ipxe.efi' }, { do: 'wait', seconds: 2 }, { do: 'discover', ...bios }),
  },
  {
    code: 'loaderLoop',
    name: 'loader-again',
    provoke: ({ rom }) => rom(leased, loader, { do: 'lease', ...bios, ipxe: true }, loader),
  },
  {
    code: 'noLoaderRequest',
    name: 'wrong-next-server',
    provoke: async ({ rom, leave }) => {
      await rom(leased)
      leave({ ...loader, server: '192.168.60.77' })
    },
    patience: 25,
  },
  {
    code: 'blockTooLarge',
    name: 'mtu-1000',
    provoke: async ({ network, pc, rom }) => {
      await rom({ do: 'lease', ...uefi })
      await network.room.namespace.ip('link', 'set', portOfPc, 'mtu', '1000')
      const url = `tftp://${examAddress}/ipxe.efi`
      pc.start('curl', ['-s', '--tftp-blksize', '1468', '-m', '30', '-o', '/dev/null', url])
    },
    patience: 6,
  },
  {
    code: 'fileMissing',
    name: 'wrong-name',
    provoke: async ({ pc, rom }) => {
      await rom(leased)
      await pc.run('curl', ['-s', '-m', '10', '-o', '/dev/null', `tftp://${examAddress}/undionly.kpx`])
    },
    patience: 3,
  },
  {
    code: 'lossyLink',
    name: 'every-fifth-packet-lost',
    provoke: async ({ amorce, pc, rom }) => {
      amorce.addBootFiles({ 'lab/large.bin': Buffer.alloc(1 << 20, 'amorce') })
      await rom({ do: 'lease', ...uefi })
      // netem's loss, by a module that every kernel has.
      await dropIncoming(pc, 'udp sport != 67 numgen random mod 100 < 20')
      const url = `tftp://${examAddress}/lab/large.bin`
      pc.start('curl', ['-s', '--tftp-blksize', '1024', '-m', '90', '-o', '/dev/null', url])
    },
    patience: 20,
  },
  {
    code: 'poolEmpty',
    name: 'pool-of-one',
    settings: { poolStart: '192.168.60.50', poolEnd: '192.168.60.50' },
    provoke: async ({ network, rom }) => {
      await new Udhcpc(await network.room.addMachine('first')).obtain()
      await rom({ do: 'discover', ...bios })
    },
  },
  {
    code: 'leaseRefused',
    name: 'address-in-use',
    provoke: ({ rom }) => rom({ do: 'decline', times: 3 }),
  },
  {
    code: 'sharedNic',
    name: 'one-mac-two-machines',
    provoke: ({ rom }) =>
      rom(
        { do: 'lease', ...uefi, uuid: '11111111222233334444555555555555' },
        { do: 'wait', seconds: 2 },
        { do: 'discover', ...uefi, uuid: '99999999888877776666555555555555' },
      ),
  },
  {
    code: 'systemLost',
    name: 'kernel-asks-elsewhere',
    provoke: async (room) => {
      const { http, rom } = room
      await rom(
        leased,
        loader,
        { do: 'lease', ...bios, ipxe: true },
        { do: 'script' },
        { do: 'files', base: `${http}/files`, list: ['lab/vmlinuz', 'lab/initrd'] },
      )
      await otherServer(room)
      await rom({ do: 'lease', system: true, from: routerAddress })
    },
  },
]

test.describe.configure({ mode: 'default' })
test.beforeAll(({}, testInfo) => {
  if (testInfo.retry === 0 && testInfo.parallelIndex === testInfo.workerIndex) forgetVerdicts()
})
test.afterAll(() => {
  process.stdout.write(`\n${confusionMatrix()}\n`)
  if (process.env['AMORCE_WRITE_DOCS'] === '1') writeConfusionMatrix()
})

async function openRoom(network: LabNetwork, launch: () => Promise<Amorce>, fault?: Fault): Promise<Room> {
  const pc = await network.room.addMachine('pc')
  await fault?.before?.({ network, pc })
  const amorce = await launch()
  await amorce.addExam()
  if (fault?.settings) await amorce.call('settings.save', fault.settings)
  await amorce.startExam(examNic)
  const { httpPort } = await amorce.settings()
  return {
    amorce,
    network,
    pc,
    http: `http://${examAddress}:${httpPort}`,
    rom: (...steps) => runRom(pc, steps),
    leave: (...steps) => void startRom(pc, steps),
  }
}

for (const fault of faults) {
  const { code, name, provoke, patience = 0 } = fault
  test(`fault gallery: ${causeNumbers[code]} ${code}, ${name}`, async ({ launch, network }) => {
    const room = await openRoom(network, () => launch(), fault)
    const mac = await room.pc.macOf('eth0')
    await provoke(room)
    const evidenceAt = Date.now()
    const first = await firstVerdict(room.amorce, mac, (30 + patience) * 1000)
    noteVerdict({
      cause: causeNumbers[code],
      fault: name,
      expected: code,
      found: first?.code ?? 'none',
      confidence: first?.confidence ?? 0,
      seconds: (Date.now() - evidenceAt) / 1000,
    })
    expect(first?.code).toBe(code)
    expect(first?.evidence.length).toBeGreaterThan(0)
  })
}

async function firstVerdict(amorce: Amorce, mac: string, timeoutMs: number): Promise<Trouble | undefined> {
  const until = Date.now() + timeoutMs
  while (Date.now() < until) {
    const trouble = (await amorce.machines()).find((machine) => machine.mac === mac)?.trouble
    if (trouble) return trouble
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return undefined
}

test('fault gallery: a healthy room raises nothing', async ({ launch, network }) => {
  const { amorce, pc, rom, http } = await openRoom(network, () => launch())
  const phone = new Udhcpc(await network.room.addMachine('phone'))
  await phone.obtain()
  const watched = new Set<string>()
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const { machines = [], roomTroubles = [] } = await amorce.snapshot()
      for (const { trouble } of machines) if (trouble) watched.add(trouble.code)
      for (const { code } of roomTroubles) watched.add(code)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })()
  await rom(
    leased,
    loader,
    { do: 'wait', seconds: 3 },
    { do: 'lease', ...bios, ipxe: true },
    { do: 'script' },
    { do: 'files', base: `${http}/files`, list: ['lab/vmlinuz', 'lab/initrd'] },
    { do: 'wait', seconds: 5 },
    { do: 'lease', system: true },
    { do: 'heartbeat', url: `${http}/api/heartbeat`, stage: 'system' },
    { do: 'heartbeat', url: `${http}/api/heartbeat`, stage: 'ready' },
    { do: 'wait', seconds: 5 },
    { do: 'heartbeat', url: `${http}/api/heartbeat`, stage: 'ready' },
  )
  await expect(amorce.tile(await pc.macOf('eth0'))).toHaveAttribute('data-stage', 'ready')
  isOver = true
  await watching
  const found = [...watched]
  noteVerdict({ cause: 0, fault: 'healthy', expected: 'none', found: found[0] ?? 'none', confidence: 0, seconds: 0 })
  expect(found).toEqual([])
})

test('fault gallery: a link of 100 Mb/s is everyone’s trouble', async ({ launch, network }) => {
  const { amorce, http } = await openRoom(network, () => launch())
  amorce.addBootFiles({ 'lab/large.bin': Buffer.alloc(200 << 20, 'amorce') })
  await network.laptop.mustRun('tc', [
    'qdisc',
    'add',
    'dev',
    examNic,
    'root',
    'tbf',
    'rate',
    '95mbit',
    'burst',
    '64kb',
    'latency',
    '50ms',
  ])
  for (let number = 1; number <= 6; number++) {
    const machine = await network.room.addMachine(`slow${number}`)
    await runRom(machine, [leased])
    machine.start('curl', ['-s', '-m', '60', '-o', '/dev/null', `${http}/files/lab/large.bin`])
  }
  await expect(amorce.page.getByTestId('room-trouble')).toContainText('Toute la salle est lente', { timeout: 40_000 })
})

test('from a red tile to its remedy in two clicks, and the packets that were held back open in Wireshark', async ({
  launch,
  network,
}) => {
  const { amorce, pc } = await openRoom(network, () => launch())
  await dropIncoming(network.laptop, 'udp dport 67')
  new Udhcpc(pc).begin()
  const mac = await pc.macOf('eth0')
  await expect(amorce.tile(mac)).toHaveAttribute('data-trouble', 'firewall', { timeout: 20_000 })

  await amorce.tile(mac).click()
  await expect(amorce.machinePanel.getByTestId('verdict')).toContainText('pare-feu')
  await amorce.machinePanel.getByTestId('verdict-remedy').click()
  await expect(amorce.page.getByTestId('packet-row').first()).toContainText('DISCOVER')
  await expect(amorce.page.getByTestId('packet-row').first()).toHaveAttribute('data-unheard', 'firewall')
  await expect(amorce.page.getByTestId('packets-source')).toHaveAttribute('data-source', 'packetSocket')

  const capture = join(temporaryFolder('capture'), 'held-back.pcapng')
  await amorce.answerFileDialogs(capture)
  await amorce.page.getByTestId('packets-export').click()
  await expect.poll(() => existsSync(capture)).toBe(true)
  const read = await mustRun('tshark', [
    '-r',
    capture,
    '-Y',
    'dhcp.option.dhcp == 1',
    '-T',
    'fields',
    '-e',
    'dhcp.hw.mac_addr',
    // The client identifier holds it too.
    '-E',
    'occurrence=f',
  ])
  expect(read.split('\n')).toContain(mac)
})
