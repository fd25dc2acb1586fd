import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHardwarePorts, parseMacNics } from './mac.ts'

// Both written by hand after the manuals of ifconfig and networksetup; not captured on macOS.
const hardwarePorts = `
Hardware Port: Wi-Fi
Device: en0
Ethernet Address: f0:18:98:01:02:03

Hardware Port: USB 10/100/1000 LAN
Device: en7
Ethernet Address: 00:e0:4c:68:00:01

Hardware Port: Thunderbolt Bridge
Device: bridge0
Ethernet Address: 82:01:02:03:04:05

VLAN Configurations
===================
`

const ifconfig = `lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128
gif0: flags=8010<POINTOPOINT,MULTICAST> mtu 1280
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether f0:18:98:01:02:03
\tmedia: autoselect (<unknown type>)
\tstatus: inactive
en7: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 00:e0:4c:68:00:01
\tinet 192.168.60.1 netmask 0xffffff00 broadcast 192.168.60.255
\tinet 10.0.0.9 netmask 0xff000000 broadcast 10.255.255.255
\tmedia: autoselect (1000baseT <full-duplex,flow-control>)
\tstatus: active
bridge0: flags=8822<BROADCAST,SMART,SIMPLEX,MULTICAST> mtu 1500
\tether 82:01:02:03:04:05
utun2: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
\tinet 100.64.0.2 --> 100.64.0.2 netmask 0xffffffff
`

describe('what ifconfig and networksetup print', () => {
  it('gives every NIC, named after its port', () => {
    expect(parseMacNics(ifconfig, parseHardwarePorts(hardwarePorts))).toEqual([
      { name: 'lo0', kind: 'loopback', addresses: [{ address: '127.0.0.1', prefix: 8 }], link: 'up' },
      { name: 'en0', description: 'Wi-Fi', kind: 'wifi', mac: 'f0:18:98:01:02:03', addresses: [], link: 'down' },
      {
        name: 'en7',
        description: 'USB 10/100/1000 LAN',
        kind: 'ethernet',
        mac: '00:e0:4c:68:00:01',
        addresses: [
          { address: '192.168.60.1', prefix: 24 },
          { address: '10.0.0.9', prefix: 8 },
        ],
        link: 'up',
        speedMbps: 1000,
        duplex: 'full',
      },
      {
        name: 'bridge0',
        description: 'Thunderbolt Bridge',
        kind: 'bridge',
        mac: '82:01:02:03:04:05',
        addresses: [],
        link: 'down',
      },
      { name: 'utun2', kind: 'vpn', addresses: [{ address: '100.64.0.2', prefix: 32 }], link: 'unknown' },
    ])
  })

  it.each([
    ['2500Base-T <full-duplex>', 2500, 'full'],
    ['10Gbase-T <full-duplex>', 10_000, 'full'],
    ['100baseTX <half-duplex>', 100, 'half'],
    ['none', undefined, undefined],
  ])('medium %s', (medium, speedMbps, duplex) => {
    const text = `en7: flags=8863<UP,RUNNING> mtu 1500\n\tmedia: autoselect (${medium})\n\tstatus: active\n`
    expect(parseMacNics(text, new Map())).toMatchObject([{ speedMbps, duplex }])
  })

  it('is read without a throw, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom('en7: flags=8863<UP>', '\n', '\tinet ', '1.2.3.4', ' netmask 0xff00ff00', ' '),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const nic of parseMacNics(pieces.join(''), new Map())) expect(nic.addresses).toEqual([])
      }),
    )
  })
})
