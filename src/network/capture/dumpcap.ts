import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Capture, CapturedFrame } from './index.ts'
import { PcapngReader } from './pcapng.ts'

const isWindows = process.platform === 'win32'
const program = isWindows ? 'dumpcap.exe' : 'dumpcap'
const usualFolders = isWindows
  ? ['C:\\Program Files\\Wireshark']
  : ['/usr/bin', '/usr/local/bin', '/Applications/Wireshark.app/Contents/MacOS']
/** How long it may take to open the device. */
const openingMs = 4000

const findDumpcap = (): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))

/**
 * Listens through Wireshark's own capture program, where it is installed: on Windows with npcap, and on Linux for a user
 * whom `wireshark` group membership gives what root has. Tried on Linux; Windows and macOS are written from its manual.
 * @param ownMac tells what goes out from what comes in, which a pcapng stream of dumpcap does not say.
 * @returns undefined when it is not installed, or may not listen.
 */
export async function openDumpcap(
  device: string,
  ports: { http: number },
  ownMac: string,
  onFrame: (frame: CapturedFrame) => void,
): Promise<Capture | undefined> {
  const path = findDumpcap()
  if (!path) return undefined
  // The first blocks of a transfer cannot be told in pcap's language as BPF can: its requests, OACKs and errors are.
  const filter =
    `(udp and (port 67 or port 68 or port 69 or port 4011 or udp[8:2] = 5 or udp[8:2] = 6)) or ` +
    `(tcp port ${ports.http} and tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0)`
  const child = spawn(path, ['-q', '-n', '-i', device, '-f', filter, '-w', '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const own = Buffer.from(ownMac.replaceAll(':', ''), 'hex')
  const reader = new PcapngReader()
  let failed = false
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  const isOpen = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), openingMs)
    void ended.then(() => resolve(false))
    child.stdout.once('data', () => resolve(true))
    child.stdout.on('data', (chunk: Buffer) => {
      if (failed) return
      try {
        for (const { at, bytes, length = bytes.length } of reader.read(chunk)) {
          const direction = own.equals(bytes.subarray(6, 12)) ? 'out' : 'in'
          onFrame({ at, bytes: Buffer.from(bytes), length, direction })
        }
      } catch {
        // What cannot be read is worth no guess: the capture ends here.
        failed = true
        child.kill()
      }
    })
    child.stderr.resume()
    void ended.finally(() => clearTimeout(timer))
  })
  if (!isOpen) {
    child.kill()
    return undefined
  }
  return {
    source: 'dumpcap',
    flush: () => {},
    close: async () => {
      child.kill()
      await ended
    },
  }
}
