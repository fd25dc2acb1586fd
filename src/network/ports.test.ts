import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findPortHolder,
  parseLsof,
  parseProcNet,
  parseSocketExtras,
  parseWindowsHolders,
  standsInTheWay,
  type PortHolder,
  type PortPlace,
} from './ports.ts'
import { openUdpSocket } from './udpSocket.ts'

const onLinux = process.platform === 'linux'

describe.runIf(onLinux)('the holder of a port of this computer', () => {
  it('is this process, for UDP', async () => {
    const socket = await openUdpSocket({ address: '127.0.0.1', port: 0 })
    expect(await findPortHolder('udp', socket.port)).toMatchObject({ pid: process.pid, address: '127.0.0.1' })
    expect(await findPortHolder('udp', socket.port, { address: '192.0.2.77' })).toBeUndefined()
    await socket.close()
    expect(await findPortHolder('udp', socket.port)).toBeUndefined()
  })

  it('is this process, for TCP', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await findPortHolder('tcp', port)).toMatchObject({ pid: process.pid, address: '127.0.0.1' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('of a socket bound to one NIC stands in the way there only', async () => {
    const socket = await openUdpSocket({ device: 'lo', address: '0.0.0.0', port: 0 })
    const on = (device: string) => findPortHolder('udp', socket.port, { device, address: '0.0.0.0' })
    expect(await on('lo')).toMatchObject({ pid: process.pid, address: '0.0.0.0', device: 'lo' })
    expect(await on('eth7')).toBeUndefined()
    await socket.close()
  })

  it('may be an IPv6 socket, when it takes IPv4 too', async () => {
    const bound = (ipv6Only: boolean) =>
      new Promise<ReturnType<typeof createSocket>>((resolve, reject) => {
        const socket = createSocket({ type: 'udp6', ipv6Only })
        socket.once('error', reject)
        socket.bind(0, '::', () => resolve(socket))
      })
    const both = await bound(false)
    expect(await findPortHolder('udp', both.address().port)).toMatchObject({ pid: process.pid, address: '0.0.0.0' })
    both.close()
    const ipv6Only = await bound(true)
    expect(await findPortHolder('udp', ipv6Only.address().port)).toBeUndefined()
    ipv6Only.close()
  })
})

describe('who stands in the way', () => {
  const any = '0.0.0.0'
  it.each<[PortHolder, PortPlace, boolean]>([
    [{ address: any }, { address: any }, true],
    [{ address: any }, { address: any, device: 'eth1' }, true],
    [{ address: any, device: 'eth0' }, { address: any, device: 'eth1' }, false],
    [{ address: any, device: 'eth1' }, { address: any, device: 'eth1' }, true],
    [{ address: any, device: 'eth0' }, { address: any }, true],
    [{ address: '192.168.60.1' }, { address: any, device: 'eth1' }, true],
    [{ address: '192.168.60.1' }, { address: '192.168.61.1' }, false],
    [{ address: '192.168.60.1' }, { address: '192.168.60.1' }, true],
    [{ address: any }, { address: '192.168.60.1' }, true],
  ])('%o, for who wants %o: %s', (holder, place, expected) => expect(standsInTheWay(holder, place)).toBe(expected))
})

// Written by hand in the kernel's shape: a socket on any address, one on 127.0.0.1, one connected.
const procUdp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 23456 2 0000000000000000 0
 2017: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 34567 2 0000000000000000 17
 2044: 013CA8C0:0045 023CA8C0:0815 01 00000000:00000000 00:00000000 00000000  1000        0 45678 2 0000000000000000 0
`
const procTcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF0000013CA8C0:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0000000000000000 100 0 0 10 0
   2: 000080FE00000000FF00FC02010000FE:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0000000000000000 100 0 0 10 0
   3: 0000000000000000FFFF0000013CA8C0:0050 0000000000000000FFFF0000023CA8C0:8E10 01 00000000:00000000 00:00000000 00000000     0        0 444 1 0000000000000000 20 4 30 10 -1
`

describe('/proc/net', () => {
  it('tells every UDP socket', () => {
    expect(parseProcNet(procUdp, 'udp')).toEqual([
      { address: '0.0.0.0', port: 67, inode: 23456 },
      { address: '127.0.0.1', port: 8080, inode: 34567 },
      { address: '192.168.60.1', port: 69, inode: 45678 },
    ])
  })

  it('tells the TCP sockets that listen, on IPv4 or on both', () => {
    expect(parseProcNet(procTcp6, 'tcp')).toEqual([
      { address: '0.0.0.0', port: 8080, inode: 111 },
      { address: '192.168.60.1', port: 80, inode: 222 },
    ])
  })

  it('is read without a throw, whatever it is', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(...procUdp.split('\n')),
      fc.stringMatching(/^ *\d+: [0-9A-F:]{0,40} /),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) =>
        parseProcNet(lines.join('\n'), 'udp').every(({ port, inode }) => port <= 65_535 && Number.isInteger(inode)),
      ),
    )
  })
})

describe('ss', () => {
  it('tells devices and IPv6-only sockets, by inode', () => {
    // In the shape of iproute2 6.1's output.
    const text = `UNCONN 0      0        0.0.0.0%eth1:67        0.0.0.0:*    uid:100 ino:23456 sk:1 cgroup:/ <->
UNCONN 0      0           127.0.0.1:8080      0.0.0.0:*    ino:34567 sk:2 <->
UNCONN 0      0                [::]:69           [::]:*    ino:999 sk:3 v6only:1 <->
UNCONN 0      0      [fe80::1]%eth0:546          [::]:*    ino:1000 sk:4 v6only:1 <->
`
    expect(parseSocketExtras(text)).toEqual(
      new Map([
        [23456, { device: 'eth1', ipv6Only: false }],
        [34567, { device: undefined, ipv6Only: false }],
        [999, { device: undefined, ipv6Only: true }],
        [1000, { device: 'eth0', ipv6Only: true }],
      ]),
    )
  })
})

describe('PowerShell', () => {
  // Written by hand after the reference of Get-NetUDPEndpoint; not captured on Windows.
  it('prints one holder as an object, several as a list, none as nothing', () => {
    const one = '{"LocalAddress":"0.0.0.0","OwningProcess":4711,"Process":"tftpd64"}'
    const holder = { pid: 4711, process: 'tftpd64', address: '0.0.0.0' }
    expect(parseWindowsHolders(one)).toEqual([holder])
    expect(
      parseWindowsHolders(
        `[${one},{"LocalAddress":"::","OwningProcess":4,"Process":null},{"LocalAddress":"10.0.0.1","OwningProcess":4,"Process":null}]`,
      ),
    ).toEqual([holder, { pid: 4, process: undefined, address: '10.0.0.1' }])
    expect(parseWindowsHolders('\r\n')).toEqual([])
    expect(parseWindowsHolders('Get-NetUDPEndpoint : Access denied')).toBeUndefined()
  })
})

describe('lsof', () => {
  // Written by hand after its manual's section on output for other programs; not captured on macOS.
  it('tells processes and their addresses', () => {
    const text =
      'p321\ncbootpd\nf5\nPUDP\nn*:67\np4711\ncnode\nf21\nPUDP\nn192.168.60.1:67\nf22\nPUDP\nn192.168.60.1:50000->10.0.0.1:67\n'
    expect(parseLsof(text, 67)).toEqual([
      { pid: 321, process: 'bootpd', address: '0.0.0.0' },
      { pid: 4711, process: 'node', address: '192.168.60.1' },
    ])
    expect(parseLsof('', 67)).toEqual([])
  })
})
