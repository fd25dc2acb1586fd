import { describe, expect, it } from 'vitest'
import type { FirmwareKind } from '../contract/index.ts'
import { clientFactsOf, firmwareKindOf, ipxeHttpFeature } from './clientFacts.ts'
import { uint16List } from './options/list.ts'
import { message } from './testdata/room.ts'

const pxe = (arch: number) => `PXEClient:Arch:${String(arch).padStart(5, '0')}:UNDI:003016`
const http = (arch: number) => `HTTPClient:Arch:${String(arch).padStart(5, '0')}:UNDI:003016`

describe('the kind of firmware', () => {
  it.each<[number, FirmwareKind]>([
    [0, 'bios'],
    [6, 'uefi-ia32'],
    [7, 'uefi-x64'],
    [9, 'uefi-x64'],
    [10, 'uefi-arm32'],
    [11, 'uefi-arm64'],
    [1, 'other'],
    [22, 'other'],
    [27, 'other'],
    [0xffff, 'other'],
  ])('of PXE architecture %i is %s, by option 93 or by the text of option 60', (arch, kind) => {
    expect(firmwareKindOf({ arch, vendorClass: pxe(arch) })).toBe(kind)
    expect(firmwareKindOf({ arch })).toBe(kind)
    if (arch < 0xffff) expect(firmwareKindOf({ vendorClass: pxe(arch) })).toBe(kind)
  })

  it.each<[number, FirmwareKind]>([
    [15, 'http-ia32'],
    [16, 'http-x64'],
    [17, 'http-x64'],
    [18, 'http-arm32'],
    [19, 'http-arm64'],
    [20, 'http-bios'],
    [7, 'http-x64'],
    [11, 'http-arm64'],
  ])('of HTTP architecture %i is %s', (arch, kind) => {
    expect(firmwareKindOf({ arch, vendorClass: http(arch) })).toBe(kind)
  })

  it.each([
    [[22, 7], 7],
    [[7, 0], 7],
    [[22, 23], 22],
  ])('of one that is of architectures %j is that of %i, the first that is known (RFC 4578 §2.1)', (archs, arch) => {
    const options = { 93: uint16List.encode(archs) }
    expect(clientFactsOf(message('discover', { options })).arch).toBe(arch)
  })

  it('of a PXE client that does not say its architecture is BIOS, as it was before option 93', () => {
    expect(firmwareKindOf({ vendorClass: 'PXEClient' })).toBe('bios')
  })

  it.each(['MSFT 5.0', 'udhcp 1.35.0', 'not PXEClient', undefined])('of %j is none', (vendorClass) => {
    expect(firmwareKindOf({ vendorClass })).toBe('none')
  })

  it('believes option 93 before the text of option 60', () => {
    expect(firmwareKindOf({ arch: 7, vendorClass: pxe(0) })).toBe('uefi-x64')
  })

  it.each<[string, Parameters<typeof firmwareKindOf>[0], FirmwareKind]>([
    ['says iPXE and speaks HTTP', { userClass: 'iPXE', ipxeFeatures: new Set([ipxeHttpFeature]) }, 'ipxe'],
    ['has only option 175 (FlexBoot)', { vendorClass: pxe(0), ipxeFeatures: new Set([ipxeHttpFeature, 21]) }, 'ipxe'],
    ['says iPXE and speaks TFTP only (VirtualBox)', { userClass: 'iPXE', ipxeFeatures: new Set([21]) }, 'ipxe-partial'],
    ['says iPXE and nothing else', { arch: 0, userClass: 'iPXE' }, 'ipxe-partial'],
    ['says iPXE among other classes', { arch: 7, userClass: 'lab, iPXE' }, 'ipxe-partial'],
    ['says something else', { arch: 7, userClass: 'not iPXE' }, 'uefi-x64'],
  ])('of a client that %s', (_what, facts, kind) => {
    expect(firmwareKindOf(facts)).toBe(kind)
  })
})

describe('what a client says of itself', () => {
  const factsOf = (options: Record<number, Uint8Array>) => clientFactsOf(message('discover', { options, secs: 7 }))

  it('leaves out what is absent or does not have its shape', () => {
    expect(factsOf({ 93: Uint8Array.from([7]), 97: Uint8Array.from([0, 1]), 175: Uint8Array.from([1]) })).toEqual({
      firmware: 'none',
      secs: 7,
      xid: 0x3903f326,
    })
  })

  it('does not take a board without a UUID for one with it', () => {
    for (const byte of [0, 0xff]) {
      const uuid = new Uint8Array(17).fill(byte)
      uuid[0] = 0
      expect(factsOf({ 97: uuid }).uuid).toBeUndefined()
    }
  })

  it('clips what is too long to be a name', () => {
    expect(factsOf({ 12: new Uint8Array(60_000).fill(97) }).hostName?.length).toBe(255)
    expect(factsOf({ 12: new Uint8Array(0) }).hostName).toBeUndefined()
  })

  it('takes the first of several architectures', () => {
    expect(factsOf({ 93: Uint8Array.from([0, 7, 0, 9]) })).toMatchObject({ arch: 7, firmware: 'uefi-x64' })
  })

  it('does not count a feature that iPXE switched off', () => {
    expect(factsOf({ 175: Uint8Array.from([19, 1, 0, 21, 1, 1]) }).firmware).toBe('ipxe-partial')
  })
})
