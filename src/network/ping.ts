import { CodedError, type Ipv4 } from '../contract/index.ts'
import { neighbourOf } from './neighbours.ts'
import { runCommand, type RunCommand } from './runCommand.ts'
import type { OpenUdpSocket } from './udpSocket.ts'

export interface PingOptions {
  /** The NIC it goes out of. */
  device?: string
  timeoutMs: number
  platform?: NodeJS.Platform
  run?: RunCommand
}

/**
 * One ICMP echo, by the system's own `ping`, which has the right to send it.
 * @returns how long the answer took, in milliseconds; undefined when none came, or there is no `ping`.
 */
export async function ping(address: Ipv4, options: PingOptions): Promise<number | undefined> {
  try {
    return await echo(address, options)
  } catch {
    return undefined
  }
}

/** As `ping`. @throws CodedError `lease.noPing` where there is no such program */
export async function echo(address: Ipv4, options: PingOptions): Promise<number | undefined> {
  const { device, timeoutMs, platform = process.platform, run = runCommand } = options
  const args = pingArguments(platform, address, timeoutMs, device)
  try {
    // The program itself waits for whole seconds only: it is ended when ours are over.
    const { code, stdout } = await run('ping', args, { timeoutMs: timeoutMs + 200 })
    return code === 0 ? readRoundTrip(stdout) : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CodedError('lease.noPing', 'ping is not installed')
    return undefined
  }
}

export function pingArguments(
  platform: NodeJS.Platform,
  address: Ipv4,
  timeoutMs: number,
  device: string | undefined,
): string[] {
  if (platform === 'win32') return ['-n', '1', '-w', String(timeoutMs), address]
  if (platform === 'darwin') return ['-n', '-c', '1', '-W', String(timeoutMs), address]
  const seconds = String(Math.ceil(timeoutMs / 1000))
  return ['-n', '-c', '1', '-W', seconds, ...(device === undefined ? [] : ['-I', device]), address]
}

/** `time=0.312 ms`, `time<1ms`. Windows says that a host is unreachable with code 0 and without a time. */
export function readRoundTrip(output: string): number | undefined {
  const time = output.match(/[=<]\s*([\d.,]+)\s*ms/i)?.[1]
  return time === undefined ? undefined : Number(time.replace(',', '.'))
}

/** Nobody listens there (RFC 863), and it is no matter: the question before it, who has this address, is the point. */
const discardPort = 9
/** When the answer is looked for: most machines answer within a millisecond. */
const looksAtMs = [15, 50, 120, 250]

export interface AddressTrialOptions {
  openSocket: OpenUdpSocket
  /** The NIC that the network is on, and its own address. */
  device: string
  ownAddress: Ipv4
  wait?(ms: number): Promise<void>
  platform?: NodeJS.Platform
  run?: RunCommand
}

/**
 * Whether anybody answers at an address: to ARP, which no machine can refuse, or to an ICMP echo where the system's
 * table of neighbours already had an entry, which may be of a machine that has left. Takes half a second at most.
 */
export function createAddressTrial(options: AddressTrialOptions): (address: Ipv4) => Promise<boolean> {
  const { openSocket, device, ownAddress, wait = waitMs, platform = process.platform, run } = options
  const neighbour = (address: Ipv4): Promise<string | undefined> => neighbourOf(address, device, { platform, run })
  return async (address) => {
    if (await neighbour(address)) return (await ping(address, { device, timeoutMs: 400, platform, run })) !== undefined
    if (platform !== 'linux') {
      if ((await ping(address, { timeoutMs: 400, platform, run })) !== undefined) return true
      return (await neighbour(address)) !== undefined
    }
    const socket = await openSocket({ device, address: ownAddress, port: 0 })
    try {
      // An address that nobody answers for comes back as an error: that is an answer too.
      socket.send(Uint8Array.of(0), discardPort, address, () => {})
      for (const [i, at] of looksAtMs.entries()) {
        await wait(at - (looksAtMs[i - 1] ?? 0))
        if (await neighbour(address)) return true
      }
      return false
    } finally {
      await socket.close()
    }
  }
}

const waitMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Makes the system look whether somebody is at these addresses: what it finds is in its table of neighbours later, at once
 * for one it had forgotten, in some ten seconds for one that it took to be there.
 * @throws CodedError as `OpenUdpSocket`
 */
export async function poke(
  addresses: readonly Ipv4[],
  { openSocket, device, ownAddress }: Pick<AddressTrialOptions, 'openSocket' | 'device' | 'ownAddress'>,
): Promise<void> {
  const socket = await openSocket({ device, address: ownAddress, port: 0 })
  try {
    // One that is known to be away comes back as an error.
    for (const address of addresses)
      await new Promise<void>((resolve) => socket.send(Uint8Array.of(0), discardPort, address, () => resolve()))
  } finally {
    await socket.close()
  }
}

/** Six times 255, then the MAC sixteen times: what a sleeping card looks for. */
export function magicPacket(mac: string): Uint8Array {
  const bytes = mac.split(':').map((pair) => Number.parseInt(pair, 16))
  return Uint8Array.from([...Array<number>(6).fill(255), ...Array.from({ length: 16 }, () => bytes).flat()])
}

/**
 * Wakes a machine that sleeps or is off (Wake-on-LAN), if its card was told to listen. Sent thrice: nothing answers.
 * @throws CodedError as `OpenUdpSocket`, or the system's error when nothing could be sent
 */
export async function wake(
  mac: string,
  { openSocket, device, ownAddress }: Pick<AddressTrialOptions, 'openSocket' | 'device' | 'ownAddress'>,
): Promise<void> {
  const socket = await openSocket({ device, address: ownAddress, port: 0, broadcast: true })
  try {
    for (let times = 0; times < 3; times++)
      await new Promise<void>((resolve, reject) =>
        socket.send(magicPacket(mac), discardPort, '255.255.255.255', (error) => (error ? reject(error) : resolve())),
      )
  } finally {
    await socket.close()
  }
}
