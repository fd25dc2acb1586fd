import { describe, expect, it } from 'vitest'
import { readArpCommand, readProcArp } from './neighbours.ts'
import { createAddressTrial, echo, magicPacket, ping, pingArguments, readRoundTrip } from './ping.ts'
import type { CommandResult } from './runCommand.ts'

describe('the table of neighbours', () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
192.168.60.7     0x1         0x2         52:54:00:AA:bb:cc     *        eth0
192.168.60.8     0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.60.9     0x1         0x2         52:54:00:00:00:09     *        eth1
`

  it('names who answered, and not who was only asked for', () => {
    expect(readProcArp(table, '192.168.60.7', 'eth0')).toBe('52:54:00:aa:bb:cc')
    expect(readProcArp(table, '192.168.60.8', 'eth0')).toBeUndefined()
    expect(readProcArp(table, '192.168.60.9', 'eth0')).toBeUndefined()
    expect(readProcArp(table, '192.168.60.9')).toBe('52:54:00:00:00:09')
    expect(readProcArp('', '192.168.60.7')).toBeUndefined()
  })

  it('is read from arp on Windows and macOS', () => {
    const windows = 'Interface: 192.168.60.1 --- 0x5\n  Internet Address      Physical Address      Type\n'
    expect(readArpCommand(`${windows}  192.168.60.7          52-54-00-aa-bb-cc     dynamic`, '192.168.60.7')).toBe(
      '52:54:00:aa:bb:cc',
    )
    expect(readArpCommand('? (192.168.60.7) at 52:54:0:aa:b:cc on en0 [ethernet]', '192.168.60.7')).toBe(
      '52:54:00:aa:0b:cc',
    )
    expect(readArpCommand('? (192.168.60.7) at (incomplete) on en0', '192.168.60.7')).toBeUndefined()
    expect(readArpCommand('No ARP Entries Found.', '192.168.60.7')).toBeUndefined()
  })
})

describe('an echo', () => {
  it('says that there is no ping, which is not the same as no answer', async () => {
    const missing = Object.assign(new Error('spawn ping ENOENT'), { code: 'ENOENT' })
    const options = { timeoutMs: 100, run: () => Promise.reject(missing) }
    await expect(echo('192.168.60.7', options)).rejects.toMatchObject({ code: 'lease.noPing' })
    await expect(ping('192.168.60.7', options)).resolves.toBeUndefined()
    const silent = () => Promise.resolve({ code: 1, stdout: '', stderr: '' })
    await expect(echo('192.168.60.7', { timeoutMs: 100, run: silent })).resolves.toBeUndefined()
  })

  it('is asked for in the words of each system', () => {
    expect(pingArguments('linux', '10.0.0.1', 400, 'eth0')).toEqual([
      '-n',
      '-c',
      '1',
      '-W',
      '1',
      '-I',
      'eth0',
      '10.0.0.1',
    ])
    expect(pingArguments('win32', '10.0.0.1', 400, 'Ethernet')).toEqual(['-n', '1', '-w', '400', '10.0.0.1'])
    expect(pingArguments('darwin', '10.0.0.1', 400, 'en0')).toEqual(['-n', '-c', '1', '-W', '400', '10.0.0.1'])
  })

  it('takes as long as its answer says', () => {
    expect(readRoundTrip('64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.312 ms')).toBe(0.312)
    expect(readRoundTrip('Reply from 10.0.0.1: bytes=32 time<1ms TTL=64')).toBe(1)
    expect(readRoundTrip('Reply from 10.0.0.9: Destination host unreachable.')).toBeUndefined()
  })
})

describe('the trial of an address', () => {
  const trial = (entries: string[], pings: CommandResult) => {
    let asked = 0
    return createAddressTrial({
      openSocket: () => Promise.reject(new Error('not needed here')),
      device: 'en0',
      ownAddress: '10.0.0.1',
      platform: 'darwin',
      run: (program) => {
        if (program === 'ping') return Promise.resolve(pings)
        return Promise.resolve({ code: 0, stdout: entries[asked++] ?? '', stderr: '' })
      },
    })
  }
  const answered = { code: 0, stdout: 'time=1.2 ms', stderr: '' }
  const silent = { code: 2, stdout: '', stderr: '' }
  const entry = '? (10.0.0.9) at 52:54:0:aa:b:cc on en0'

  it('finds who answers an echo', async () => {
    expect(await trial(['', ''], answered)('10.0.0.9')).toBe(true)
    expect(await trial([entry], answered)('10.0.0.9')).toBe(true)
  })

  it('finds who answers to ARP alone', async () => {
    expect(await trial(['', entry], silent)('10.0.0.9')).toBe(true)
  })

  it('does not take a machine that has left for one that is there', async () => {
    expect(await trial([entry], silent)('10.0.0.9')).toBe(false)
    expect(await trial(['', ''], silent)('10.0.0.9')).toBe(false)
  })
})

it('a magic packet is six times 255 and the MAC sixteen times', () => {
  const packet = Buffer.from(magicPacket('52:54:00:aa:bb:cc'))
  expect(packet).toHaveLength(102)
  expect(packet.toString('hex')).toBe('ff'.repeat(6) + '525400aabbcc'.repeat(16))
})
