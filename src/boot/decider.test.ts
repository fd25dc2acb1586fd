import { describe, expect, it } from 'vitest'
import { firmwareKinds, type FirmwareKind } from '../contract/index.ts'
import { createBootDecider, type BootDeciderOptions } from './decider.ts'
import { firmwareTable } from './firmwareTable.ts'

const mac = '52:54:00:12:34:56'
const decider = (options: Partial<BootDeciderOptions> = {}): ReturnType<typeof createBootDecider> =>
  createBootDecider({ serverAddress: '192.168.60.1', httpPort: 8080, ...options })
const client = (firmware: FirmwareKind, changes: { arch?: number; xid?: number; mac?: string } = {}) => ({
  firmware,
  mac,
  secs: 0,
  xid: 1,
  ...changes,
})

describe('what each firmware is handed', () => {
  const nextServer = '192.168.60.1'
  it.each([
    ['bios', { firmwareRow: 'bios', nextServer, bootFile: 'undionly.kpxe' }],
    ['uefi-x64', { firmwareRow: 'uefi-x64', nextServer, bootFile: 'ipxe.efi' }],
    [
      'http-x64',
      {
        firmwareRow: 'http-x64',
        nextServer,
        bootFile: 'http://192.168.60.1:8080/files/ipxe.efi',
        vendorClass: 'HTTPClient',
      },
    ],
    ['ipxe', { firmwareRow: 'ipxe', nextServer, bootFile: 'http://192.168.60.1:8080/boot/52:54:00:12:34:56.ipxe' }],
  ] as const)('%s', (firmware, answer) => {
    expect(decider()(client(firmware))).toEqual(answer)
  })

  it.each([
    'uefi-ia32',
    'uefi-arm32',
    'uefi-arm64',
    'http-ia32',
    'http-arm32',
    'http-arm64',
    'http-bios',
    'other',
  ] as const)('%s: nothing, and the table says why', (firmware) => {
    expect(decider()(client(firmware))).toBeUndefined()
    expect(firmwareTable[firmware]).toMatchObject({ by: 'unavailable', why: expect.stringMatching(/\w+/) })
  })

  it('a client that is not booting: nothing', () => {
    expect(decider()(client('none'))).toBeUndefined()
  })

  it('hands a machine that refuses unsigned loaders the signed ones, by HTTP as a disk', () => {
    const decide = decider({ needsSigned: (asked) => asked === mac })
    expect(decide(client('uefi-x64'))).toMatchObject({ firmwareRow: 'uefi-x64-signed', bootFile: 'shimx64.efi' })
    expect(decide(client('uefi-x64', { mac: '52:54:00:00:00:01' }))?.bootFile).toBe('ipxe.efi')
    expect(decide(client('http-x64'))).toMatchObject({
      firmwareRow: 'http-x64-signed',
      bootFile: 'http://192.168.60.1:8080/files/signed.img',
      vendorClass: 'HTTPClient',
    })
    expect(decide(client('bios'))?.bootFile).toBe('undionly.kpxe')
  })

  it('hands a UEFI machine the firmware driver where that was chosen for it', () => {
    const decide = decider({ uefiLoaderFor: (asked) => (asked === mac ? 'snponly.efi' : 'ipxe.efi') })
    expect(decide(client('uefi-x64'))?.bootFile).toBe('snponly.efi')
    expect(decide(client('http-x64'))?.bootFile).toBe('http://192.168.60.1:8080/files/snponly.efi')
    expect(decide(client('uefi-x64', { mac: '52:54:00:00:00:01' }))?.bootFile).toBe('ipxe.efi')
    expect(decide(client('bios'))?.bootFile).toBe('undionly.kpxe')
  })

  it('never hands UEFI HTTP boot a TFTP name, nor a PXE ROM an address (RFC 5970, EDK2)', () => {
    for (const firmware of firmwareKinds) {
      const answer = decider()(client(firmware, { arch: 0 }))
      if (!answer) continue
      const speaksHttp = firmware.startsWith('http-') || firmware === 'ipxe'
      expect(answer.bootFile.startsWith('http://')).toBe(speaksHttp)
      expect(answer.vendorClass).toBe(firmware.startsWith('http-') ? 'HTTPClient' : undefined)
      expect(answer.bootFile.length).toBeLessThan(128)
    }
  })
})

describe('a cut-down iPXE', () => {
  it.each([
    [undefined, 'undionly.kpxe'],
    [0, 'undionly.kpxe'],
    [7, 'ipxe.efi'],
    [9, 'ipxe.efi'],
    [16, 'ipxe.efi'],
  ])('of architecture %s gets a whole one: %s', (arch, bootFile) => {
    expect(decider()(client('ipxe-partial', { arch }))).toEqual({
      firmwareRow: 'ipxe-partial',
      nextServer: '192.168.60.1',
      bootFile,
    })
  })

  it('of an architecture without one gets nothing', () => {
    expect(decider()(client('ipxe-partial', { arch: 11 }))).toBeUndefined()
  })

  it('that still looks cut down after it got one is given the script, and is not sent round for ever', () => {
    const decide = decider()
    const given = [1, 2, 3].map((xid) => decide(client('ipxe-partial', { arch: 0, xid })))
    expect(given.map((answer) => answer?.firmwareRow)).toEqual(['ipxe-partial', 'ipxe-partial-again', 'ipxe-partial'])
    expect(given[1]?.bootFile).toBe('http://192.168.60.1:8080/boot/52:54:00:12:34:56.ipxe')
  })

  it('gets one answer for the DISCOVER and the REQUEST of one exchange', () => {
    const decide = decider()
    const partial = client('ipxe-partial', { arch: 0, xid: 5 })
    expect(decide(partial)).toEqual(decide(partial))
    const again = client('ipxe-partial', { arch: 0, xid: 6 })
    expect(decide(again)).toEqual(decide(again))
  })

  it('gets a whole one at every boot when the last one worked', () => {
    const decide = decider()
    for (const xid of [1, 2, 3]) {
      expect(decide(client('ipxe-partial', { arch: 0, xid: xid * 10 }))?.bootFile).toBe('undionly.kpxe')
      expect(decide(client('ipxe', { xid: xid * 10 + 1 }))?.firmwareRow).toBe('ipxe')
    }
  })

  it('is told apart from the others in the room', () => {
    const decide = decider()
    decide(client('ipxe-partial', { arch: 0, xid: 1 }))
    expect(decide(client('ipxe-partial', { arch: 0, xid: 2, mac: '52:54:00:00:00:02' }))?.bootFile).toBe(
      'undionly.kpxe',
    )
  })

  it('that makes up MACs fills no memory: the oldest are forgotten', () => {
    const decide = decider()
    decide(client('ipxe-partial', { arch: 0, xid: 1 }))
    for (let n = 0; n < 5000; n++)
      decide(client('ipxe-partial', { arch: 0, xid: 1, mac: `02:00:00:00:${hex(n >> 8)}:${hex(n & 255)}` }))
    expect(decide(client('ipxe-partial', { arch: 0, xid: 2 }))?.firmwareRow).toBe('ipxe-partial')
  })
})

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
