import { expect, it } from 'vitest'
import { Mask } from './mask.ts'
import { frameAround, readFrame } from './packets/index.ts'

const mac = '52:54:00:12:34:56'

it('masks what is personal and keeps one machine one machine', () => {
  const mask = new Mask()
  const uuid = '11223344-5566-7788-99aa-bbccddeeff00'
  const masked = mask.value({
    machine: { mac, uuid, hostName: 'pc-dupont', facts: { serial: 'CZC123', product: 'OptiPlex 7090' } },
    again: mac.toUpperCase(),
    path: '/home/dupont/exam',
    settings: { roomName: 'B104', leaseSeconds: 28_800 },
  })
  const text = JSON.stringify(masked)
  for (const secret of ['12:34:56', '1122', 'dupont', 'CZC123', 'B104']) expect(text).not.toContain(secret)
  expect(masked.machine.facts.product).toBe('OptiPlex 7090')
  expect(masked.machine.mac).toMatch(/^52:54:00:/)
  expect(masked.again).toBe(masked.machine.mac)
  expect(masked.settings.leaseSeconds).toBe(28_800)
  expect(new Mask().mac(mac)).not.toBe(masked.machine.mac)
})

it('masks frames the same way, and they stay frames', () => {
  const mask = new Mask()
  const payload = Buffer.alloc(300)
  payload.writeUInt32BE(0x63825363, 236)
  Buffer.from('525400123456', 'hex').copy(payload, 28)
  Buffer.concat([Buffer.from([12, 9]), Buffer.from('pc-dupont'), Buffer.from([255])]).copy(payload, 240)
  const ends = { from: { address: '0.0.0.0', port: 68 }, to: { address: '255.255.255.255', port: 67 } }
  const masked = mask.frame(frameAround(payload, { fromMac: mac, toMac: 'ff:ff:ff:ff:ff:ff', ...ends }))
  const frame = readFrame(masked)
  expect(frame?.from.mac).toBe(mask.mac(mac))
  expect(frame?.to.mac).toBe('ff:ff:ff:ff:ff:ff')
  expect(masked.includes('dupont')).toBe(false)
  expect(masked.includes(Buffer.from('525400123456', 'hex'))).toBe(false)
})

it('masks people wherever they stand, e-mail addresses and free text', () => {
  const mask = new Mask({ names: ['Da Silva', 'Silva', 'Élise', 'Al', 'B104 (nord)'] })
  expect(mask.text('B104 (nord): élise DA SILVA, silvaner, Al')).toBe('***: *** ***, silvaner, Al')
  expect(mask.text('from elise.d+exam@lycee.example.fr now')).toBe('from *** now')
  expect(mask.value({ text: 'she left', requester: 'Mme Roux', reason: 'timeout' })).toEqual({
    text: '***',
    requester: '***',
    reason: 'timeout',
  })
})

it('leaves MACs whole when that is asked for, and masks the rest all the same', () => {
  const mask = new Mask({ keepsMacs: true })
  expect(mask.text(`${mac} elise@lycee.example`)).toBe(`${mac} ***`)
})

it('is not led astray by a person called as a word of JSON is', () => {
  const mask = new Mask({ names: ['null', 'true', 'port'] })
  expect(mask.value({ port: 67, isOn: true, who: 'Null', [mac]: null })).toEqual({
    port: 67,
    isOn: true,
    who: '***',
    [mask.mac(mac)]: null,
  })
})
