import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../base/index.ts'
import type { NicView } from '../../contract/index.ts'
import { listNics, nicChanges, watchNics } from './index.ts'
import type { NicProvider } from './provider.ts'

const nic = (name: string, facts: Partial<NicView> = {}): NicView => ({
  name,
  kind: 'ethernet',
  link: 'up',
  addresses: [],
  ...facts,
})

/** A source whose NICs a test changes as it goes; `settle` waits until what it answered has been dealt with. */
class ScriptedSource implements NicProvider {
  nics: NicView[] = [nic('eth0')]
  failure: Error | undefined
  listings = 0

  list(): Promise<NicView[]> {
    this.listings++
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(structuredClone(this.nics))
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

function watched(source: NicProvider) {
  const clock = new ManualClock()
  const heard: string[][] = []
  const errors: unknown[] = []
  const stop = watchNics(clock, (nics) => heard.push(nics.map(({ name, link }) => `${name} ${link}`)), 1000, {
    source,
    onError: (error) => errors.push(error),
  })
  const period = async () => {
    clock.advance(1000)
    await settle()
  }
  return { heard, errors, stop, period }
}

describe('watching NICs', () => {
  it('tells the first listing, then changes only', async () => {
    const source = new ScriptedSource()
    const { heard, period, stop } = watched(source)
    await settle()
    await period()
    source.nics = [nic('eth0', { link: 'down' })]
    await period()
    await period()
    source.nics.push(nic('usb0'))
    await period()
    source.nics = []
    await period()
    stop()
    expect(heard).toEqual([['eth0 up'], ['eth0 down'], ['eth0 down', 'usb0 up'], []])
  })

  it('puts up with a failure, tells it, and goes on', async () => {
    const source = new ScriptedSource()
    const { heard, errors, period, stop } = watched(source)
    await settle()
    source.failure = new Error('no /sys today')
    await period()
    source.failure = undefined
    source.nics = [nic('eth1')]
    await period()
    stop()
    expect(errors).toEqual([new Error('no /sys today')])
    expect(heard).toEqual([['eth0 up'], ['eth1 up']])
  })

  it('says nothing once stopped, not even what was being looked up', async () => {
    const source = new ScriptedSource()
    const { heard, period, stop } = watched(source)
    stop()
    await settle()
    await period()
    expect(heard).toEqual([])
    expect(source.listings).toBe(1)
  })

  it('does not start a look while another lasts', async () => {
    let finish: (nics: NicView[]) => void = () => {}
    let listings = 0
    const slow: NicProvider = {
      list: () => {
        listings++
        return new Promise((resolve) => (finish = resolve))
      },
    }
    const { heard, period, stop } = watched(slow)
    await period()
    await period()
    expect(listings).toBe(1)
    finish([nic('eth0')])
    await settle()
    await period()
    expect(listings).toBe(2)
    stop()
    expect(heard).toEqual([['eth0 up']])
  })

  it('lists seldom while a pulse stays the same, and at once when it changes', async () => {
    let pulse = 'a'
    const source = Object.assign(new ScriptedSource(), { pulse: () => pulse })
    const { period, stop } = watched(source)
    await settle()
    for (let n = 0; n < 9; n++) await period()
    expect(source.listings).toBe(1)
    await period()
    expect(source.listings).toBe(2)
    pulse = 'b'
    await period()
    expect(source.listings).toBe(3)
    stop()
  })
})

describe('listed NICs', () => {
  it('come with real ones first, then by name as a person counts', async () => {
    const source = new ScriptedSource()
    source.nics = [
      nic('lo', { kind: 'loopback' }),
      nic('eth10'),
      nic('docker0', { kind: 'docker' }),
      nic('eth2'),
      nic('wlan0', { kind: 'wifi' }),
    ]
    const { heard, stop } = watched(source)
    await settle()
    stop()
    expect(heard).toEqual([['eth2 up', 'eth10 up', 'wlan0 up', 'docker0 up', 'lo up']])
  })

  it('are those of this computer', async () => {
    expect((await listNics()).some((own) => own.addresses.some(({ address }) => address.startsWith('127.')))).toBe(true)
  })
})

describe('changes between two listings', () => {
  const address = { address: '192.168.60.1', prefix: 24 }
  it.each<[string, NicView[], NicView[], string[]]>([
    ['nothing', [nic('eth0')], [nic('eth0')], []],
    ['a cable out', [nic('eth0')], [nic('eth0', { link: 'down' })], ['eth0 down']],
    ['a cable in', [nic('eth0', { link: 'down' })], [nic('eth0')], ['eth0 up']],
    ['unplugged', [nic('eth0'), nic('usb0')], [nic('eth0')], ['usb0 gone']],
    ['plugged in, no cable', [], [nic('usb0', { link: 'down' })], []],
    ['plugged in', [], [nic('usb0')], ['usb0 up']],
    ['an address', [nic('eth0')], [nic('eth0', { addresses: [address] })], ['eth0 addressChanged']],
    [
      'cable and address',
      [nic('eth0', { addresses: [address] })],
      [nic('eth0', { link: 'down' })],
      ['eth0 down', 'eth0 addressChanged'],
    ],
    ['speed alone', [nic('eth0', { speedMbps: 100 })], [nic('eth0', { speedMbps: 1000 })], []],
  ])('%s', (_, before, after, expected) => {
    expect(nicChanges(before, after).map(({ nic: name, change }) => `${name} ${change}`)).toEqual(expected)
  })
})
