import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseWindowsNics } from './windows.ts'

// Written by hand after the reference of Get-NetAdapter and Get-NetIPAddress; not captured on Windows.
const handWritten = `\ufeff{"addresses":[
{"InterfaceIndex":12,"IPAddress":"192.168.60.1","PrefixLength":24},
{"InterfaceIndex":7,"IPAddress":"169.254.33.12","PrefixLength":16},
{"InterfaceIndex":1,"IPAddress":"127.0.0.1","PrefixLength":8}],
"adapters":[
{"Name":"Connexion au réseau local","InterfaceDescription":"Intel(R) Ethernet Connection (7) I219-LM",
 "MacAddress":"8C-16-45-AA-BB-CC","ifIndex":12,"InterfaceOperationalStatus":1,"Speed":1000000000,"FullDuplex":true,
 "HardwareInterface":true,"NdisPhysicalMedium":14},
{"Name":"Wi-Fi","InterfaceDescription":"Intel(R) Wi-Fi 6 AX201 160MHz","MacAddress":"8C-16-45-DD-EE-FF","ifIndex":9,
 "InterfaceOperationalStatus":2,"Speed":0,"FullDuplex":null,"HardwareInterface":true,"NdisPhysicalMedium":9},
{"Name":"Ethernet 3","InterfaceDescription":"VirtualBox Host-Only Ethernet Adapter","MacAddress":"0A-00-27-00-00-07",
 "ifIndex":7,"InterfaceOperationalStatus":1,"Speed":1000000000,"FullDuplex":true,"HardwareInterface":false,
 "NdisPhysicalMedium":0},
{"Name":"school","InterfaceDescription":"WireGuard Tunnel","MacAddress":"","ifIndex":31,"InterfaceOperationalStatus":1,
 "Speed":100000000000,"FullDuplex":true,"HardwareInterface":false,"NdisPhysicalMedium":0}]}`

describe('what PowerShell prints', () => {
  it('gives every adapter, with its own addresses', () => {
    expect(parseWindowsNics(handWritten)).toEqual([
      {
        name: 'Connexion au réseau local',
        description: 'Intel(R) Ethernet Connection (7) I219-LM',
        kind: 'ethernet',
        mac: '8c:16:45:aa:bb:cc',
        addresses: [{ address: '192.168.60.1', prefix: 24 }],
        link: 'up',
        speedMbps: 1000,
        duplex: 'full',
      },
      {
        name: 'Wi-Fi',
        description: 'Intel(R) Wi-Fi 6 AX201 160MHz',
        kind: 'wifi',
        mac: '8c:16:45:dd:ee:ff',
        addresses: [],
        link: 'down',
      },
      {
        name: 'Ethernet 3',
        description: 'VirtualBox Host-Only Ethernet Adapter',
        kind: 'virtualbox',
        mac: '0a:00:27:00:00:07',
        addresses: [{ address: '169.254.33.12', prefix: 16 }],
        link: 'up',
        speedMbps: 1000,
        duplex: 'full',
      },
      {
        name: 'school',
        description: 'WireGuard Tunnel',
        kind: 'vpn',
        addresses: [],
        link: 'up',
        speedMbps: 100_000,
        duplex: 'full',
      },
    ])
  })

  it.each(['', 'Get-NetAdapter : error', '[]', '{"adapters":{}}', '{"adapters":[{"Name":1}],"addresses":[]}'])(
    'is not %j',
    (text) => expect(parseWindowsNics(text)).toBeUndefined(),
  )

  it('cut off anywhere is refused', () => {
    const cut = fc.integer({ min: 0, max: handWritten.length - 1 })
    fc.assert(fc.property(cut, (length) => parseWindowsNics(handWritten.slice(0, length)) === undefined))
  })
})
