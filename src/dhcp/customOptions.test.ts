import { describe, expect, it } from 'vitest'
import { readNetworks, type DhcpConfig } from './config.ts'
import { faultOf, type CustomOption, type OptionFault } from './customOptions.ts'
import type { OptionValue } from './formats/optionValue.ts'
import { message, Room, roomConfig } from './testdata/room.ts'

const text = (value: string): OptionValue => ({ type: 'text', text: value })
const number = (size: 1 | 2 | 4, ...numbers: number[]): OptionValue => ({
  type: 'numbers',
  size,
  signed: false,
  numbers,
})
const addresses = (...dotted: string[]): OptionValue => ({ type: 'addresses', addresses: dotted })
const bytes = (hex: string): OptionValue => ({ type: 'bytes', hex })
const hexOf = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('hex')

describe('an option by number', () => {
  it.each<[string, CustomOption, string]>([
    ['addresses', { code: 42, value: addresses('192.168.60.1', '192.168.60.2') }, 'c0a83c01c0a83c02'],
    ['a uint8', { code: 23, value: number(1, 64) }, '40'],
    ['a uint16', { code: 26, value: number(2, 1400) }, '0578'],
    ['a uint32', { code: 24, value: number(4, 4_000_000_000) }, 'ee6b2800'],
    ['text', { code: 100, value: text('CET-1') }, '4345542d31'],
    ['a boolean', { code: 19, value: { type: 'flag', flag: true } }, '01'],
    ['bytes', { code: 224, value: bytes('00FF10') }, '00ff10'],
  ])('is sent as %s to a client that asks for it', (_what, option, hex) => {
    const room = new Room({ config: { options: [option] } })
    const asking = message('discover', { options: { 55: Uint8Array.of(1, option.code) } })
    expect(hexOf(room.hear(asking).reply?.packet.options.get(option.code))).toBe(hex)
  })

  const option: CustomOption = { code: 150, value: addresses('192.168.60.1') }
  const sentTo = (changes: Partial<CustomOption>, wanted?: number[]) => {
    const room = new Room({ config: { options: [{ ...option, ...changes }] } })
    const options: Record<number, Uint8Array> = wanted ? { 55: Uint8Array.from(wanted) } : {}
    return room.hear(message('discover', { options })).reply?.packet.options.has(150)
  }

  it('is kept from a client that asks for others, unless it is for all', () => {
    expect([sentTo({}, [1, 3]), sentTo({ always: true }, [1, 3])]).toEqual([false, true])
  })

  it('is sent to a client that asks for nothing in particular', () => {
    expect(sentTo({})).toBe(true)
  })

  it('is in no refusal', () => {
    const room = new Room({ config: { options: [{ ...option, always: true }] } })
    const { reply } = room.hear(message('request', { ciaddr: '10.0.0.1' }))
    expect([reply?.type, reply?.packet.options.has(150)]).toEqual(['nak', false])
  })

  it('comes in the order asked for, and in place of what the server would say', () => {
    const room = new Room({
      config: { router: '192.168.60.254', options: [{ code: 3, value: addresses('192.168.60.253') }, option] },
    })
    const { packet } = room.hear(message('discover', { options: { 55: Uint8Array.of(150, 3) } })).reply!
    expect(hexOf(packet.options.get(3))).toBe('c0a83cfd')
    const order = [...packet.options.keys()]
    expect(order.indexOf(150)).toBeLessThan(order.indexOf(3))
  })

  it('never takes the boot file’s place, and keeps foreign vendor data from a machine that boots', () => {
    const room = new Room({
      config: {
        options: [
          { code: 43, value: bytes('010400000000'), always: true },
          { code: 67, value: text('other.bin'), always: true },
        ],
      },
      bootDecider: ({ firmware }) =>
        firmware === 'none' ? undefined : { firmwareRow: firmware, nextServer: '192.168.60.1', bootFile: 'ipxe.efi' },
    })
    const booting = room.hear(message('discover', { options: { 93: Uint8Array.of(0, 7) } })).reply!.packet
    expect([booting.options.has(43), Buffer.from(booting.options.get(67)!).toString()]).toEqual([false, 'ipxe.efi'])
    const phone = room.hear(message('discover', { mac: '52:54:00:00:00:02' })).reply!.packet
    expect([phone.options.has(43), Buffer.from(phone.options.get(67)!).toString()]).toEqual([true, 'other.bin'])
  })

  it('of a network behind a relay agent comes before the one for all', () => {
    const subnet = { network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.50', poolEnd: '10.0.20.60' }
    const [, other] = readNetworks({
      ...roomConfig,
      options: [option, { code: 42, value: addresses('192.168.60.1') }],
      subnets: [{ ...subnet, options: [{ ...option, value: addresses('10.0.20.9') }] }],
    })
    expect(hexOf(other?.options.get(150)?.bytes)).toBe('0a001409')
    expect(other?.options.has(42)).toBe(true)
  })

  it.each<[CustomOption, OptionFault['part'], OptionFault['reason']]>([
    [{ code: 0, value: text('x') }, 'code', 'notAnOption'],
    [{ code: 255, value: text('x') }, 'code', 'notAnOption'],
    [{ code: 1.5, value: text('x') }, 'code', 'notAnOption'],
    [{ code: 53, value: number(1, 2) }, 'code', 'ofTheProtocol'],
    [{ code: 60, value: text('PXEClient') }, 'code', 'ofTheProtocol'],
    [{ code: 82, value: bytes('00') }, 'code', 'ofTheProtocol'],
    [{ code: 3, value: text('192.168.60.1') }, 'value', 'wrongType'],
    [{ code: 26, value: number(2, 1500, 1400) }, 'value', 'oneOnly'],
    [{ code: 33, value: addresses('10.0.0.1') }, 'value', 'pairsOnly'],
    [{ code: 42, value: addresses() }, 'value', 'empty'],
    [{ code: 42, value: addresses('192.168.60') }, 'value', 'notAnAddress'],
    [{ code: 224, value: number(1, 256) }, 'value', 'outOfRange'],
    [{ code: 224, value: number(2, -1) }, 'value', 'outOfRange'],
    [{ code: 224, value: number(4, Number.NaN) }, 'value', 'outOfRange'],
    [{ code: 224, value: text('') }, 'value', 'empty'],
    [{ code: 224, value: text('a\nb') }, 'value', 'controlCharacters'],
    [{ code: 224, value: bytes('0') }, 'value', 'notHex'],
    [{ code: 224, value: bytes('') }, 'value', 'empty'],
    [{ code: 119, value: { type: 'domains', domains: ['a..b'] } }, 'value', 'notADomain'],
    [{ code: 224, value: text('a'.repeat(256)) }, 'value', 'tooLong'],
  ])('%j is refused', (option, part, reason) => {
    expect(faultOf(option)).toEqual({ part, reason })
    const refused: Partial<DhcpConfig> = { options: [{ code: 224, value: text('ok') }, option] }
    expect(() => readNetworks({ ...roomConfig, ...refused })).toThrow(
      expect.objectContaining({
        code: 'dhcp.poolInvalid',
        details: expect.objectContaining({ field: `options.1.${part}`, reason }) as unknown,
      }),
    )
  })

  it('is refused the second time it is given', () => {
    const twice = { ...roomConfig, options: [option, option] }
    expect(() => readNetworks(twice)).toThrow(
      expect.objectContaining({ details: { field: 'options.1.code', reason: 'duplicate', value: 150 } }),
    )
  })
})
