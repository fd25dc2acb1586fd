import { createSocket } from 'node:dgram'
import tftp, { type GetStream, type TransferStats } from 'tftp'
import type { Clock } from '../base/index.ts'
import type { Ipv4 } from '../contract/index.ts'
import type { SimulatedFirmware } from './fleet.ts'
import { PowerCut } from './power.ts'

export interface TftpRequest {
  clock: Clock
  host: Ipv4
  port: number
  file: string
  /** The address that the machine was leased: the server must see the request come from it. */
  from: Ipv4
  firmware: SimulatedFirmware
  /** Milliseconds from the server to the ROM, which takes its time with each block; 0 for none. */
  latency: number
  power: AbortSignal
}

/** The options that each ROM asks for, in its order (captures). */
const askedSize: Record<SimulatedFirmware, Record<string, string>> = {
  bios: { tsize: '0' },
  'uefi-x64': { tsize: '0', blksize: '1468', windowsize: '4' },
}
const askedFile: Record<SimulatedFirmware, Record<string, string>> = {
  bios: { tsize: '0', blksize: '1456' },
  'uefi-x64': { tsize: '0', blksize: '1468', windowsize: '4' },
}

export class TransferFailed extends Error {
  override readonly name = 'TransferFailed'
}

/**
 * Fetches a boot file as a PXE ROM does: asks for its size and takes the answer back (RFC 2349, ERROR 8), then reads
 * it whole.
 * @returns how many bytes came, equal to the size that the server announced.
 * @throws TransferFailed when the server refuses, falls silent, or sends another number of bytes.
 */
export async function fetchBootFile(request: TftpRequest): Promise<number> {
  const announced = await askSize(request)
  const received = await readWhole(request)
  if (announced !== null && announced !== received)
    throw new TransferFailed(`${request.file}: ${received} bytes came, ${announced} were announced`)
  return received
}

function askSize(request: TftpRequest): Promise<number | null> {
  let size: number | null = null
  return run(request, askedSize[request.firmware], (stream) => {
    // A size probe answers the OACK with an ERROR, not with the package's ACK.
    stream._reader._sendAck = () => {}
    stream.on('stats', (stats: TransferStats) => {
      size = stats.size
      stream.abort(tftp.EDENY)
    })
    // A server without options sends the file at once: then its size is only known at the end.
    return () => size
  })
}

function readWhole(request: TftpRequest): Promise<number> {
  let received = 0
  return run(request, askedFile[request.firmware], (stream) => {
    stream.on('data', (block: Buffer) => {
      received += block.length
    })
    return () => received
  })
}

/** Runs one transfer to its end; resolves, or rejects, only when its socket has closed. */
function run<Result>(
  { clock, host, port, file, from, latency, power }: TftpRequest,
  options: Record<string, string>,
  follow: (stream: GetStream) => () => Result,
): Promise<Result> {
  if (power.aborted) return Promise.reject(new PowerCut())
  const client = tftp.createClient({
    host,
    port,
    blockSize: Number(options.blksize ?? 512),
    windowSize: Number(options.windowsize ?? 1),
  })
  nameOptions(client._options, options)

  return new Promise((resolve, reject) => {
    const stream = client.createGetStream(file)
    const request = stream._reader
    const open = request._open
    const initSocket = request._initSocket
    const onPowerCut = (): void => {
      stream.close()
      if (!request._socket) finish(() => reject(new PowerCut()))
    }
    const finish = (settle: () => void): void => {
      power.removeEventListener('abort', onPowerCut)
      settle()
    }
    power.addEventListener('abort', onPowerCut)

    // The package looks the host up before it opens: the power may go in between.
    request._open = (withOptions) => {
      if (!power.aborted) open.call(request, withOptions)
    }
    request._initSocket = (_socket, onMessage) => {
      const socket = createSocket('udp4')
      initSocket.call(request, socket, (message, sender) => {
        if (latency === 0) onMessage(message, sender)
        else
          clock.after(latency, () => {
            if (!power.aborted) onMessage(message, sender)
          })
      })
      // The package leaves a socket that could not be bound open.
      socket.once('error', () => socket.close())
      socket.bind(0, from)
    }

    const result = follow(stream)
    stream.on('error', (error) => finish(() => reject(new TransferFailed(`${file}: ${error.message}`))))
    // 'close' comes before the 'end', 'error' or 'abort' that says how it went.
    stream.on('abort', () => finish(() => resolve(result())))
    stream.on('end', () => finish(() => (power.aborted ? reject(new PowerCut()) : resolve(result()))))
    stream.resume()
  })
}

/** Asks for exactly `options`: the package would add its own, among them a timeout in milliseconds. */
function nameOptions(
  own: { extensionsString: Record<string, string>; extensionsLength: number },
  options: Record<string, string>,
): void {
  own.extensionsString = { ...options }
  const bytes = Object.entries(options).reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0)
  // It counts the one digit of tsize by itself.
  own.extensionsLength = bytes - 1
}
