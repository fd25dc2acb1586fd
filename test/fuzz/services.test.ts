import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Logger } from '../../src/base/index.ts'
import type { House } from '../../src/house/index.ts'
import { RelayedClients } from '../../src/house/testing/relayedClients.ts'
import { openTestHouse, temporaryFolder } from '../../src/house/testing/testHouse.ts'
import { dhcpMessages, floodTcp, httpMessages, nextBytes, randomFrom, tftpMessages } from '../support/flood.ts'
import { pourUdp } from './pourUdp.ts'
import { readByTftp } from './tftpReader.ts'

// The three services on loopback, in this process: a fault of theirs is an exception here, not a line in some log. The
// lab does the same to the real app (test/lab/flood.spec.ts). AMORCE_FUZZ_SEED repeats a run, AMORCE_FUZZ lengthens it.

const seed = Number(process.env['AMORCE_FUZZ_SEED'] ?? Date.now() % 2 ** 32)
const datagrams = Number(process.env['AMORCE_FUZZ'] ?? 200_000)

let folder: ReturnType<typeof temporaryFolder>
let house: House
let faults: string[]

beforeEach(async () => {
  folder = temporaryFolder()
  faults = []
  const note = (message: string, fields?: Record<string, unknown>): void =>
    void faults.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: note }
  house = await openTestHouse(folder.path, { logger })
})

afterEach(async () => {
  await house.close()
  folder.remove()
})

it(`the services answer after ${datagrams} hostile datagrams and their like over TCP (seed ${seed})`, async () => {
  let understood = 0
  house.onEvent(({ type }) => {
    if (type.startsWith('dhcp.') && type !== 'dhcp.malformed') understood++
  })
  await house.commands['exam.startDemo'](undefined)
  const { services = [] } = await house.snapshot()
  const place = (name: string): { address: string; port: number } => {
    const [address = '', port] = services.find((service) => service.name === name)?.endpoint?.split(':') ?? []
    return { address, port: Number(port) }
  }
  const [dhcp, tftp, http] = [place('dhcp'), place('tftp'), place('http')]
  const media = join(folder.path, 'simulated-boot')
  const names = await readdir(media, { recursive: true, withFileTypes: true })
  const { name, parentPath } = names.find((entry) => entry.isFile())!
  const path = join(parentPath, name)
  const file = path.slice(media.length + 1)
  const content = await readFile(path)

  const random = randomFrom(seed)
  const from = (messages: readonly Buffer[]) => () => nextBytes(random, messages)
  // The pool of the simulated room is another one: some messages must be about it.
  const local = dhcpMessages.map((message) => {
    const text = message.toString('latin1').replaceAll('\xc0\xa8\x3c', '\x7f\x3c\x00')
    return Buffer.from(text, 'latin1')
  })
  await Promise.all([
    pourUdp(dhcp, Math.floor(datagrams * 0.6), from([...dhcpMessages, ...local])),
    pourUdp(tftp, Math.floor(datagrams * 0.4), from(tftpMessages(file))),
    floodTcp(http, Math.floor(datagrams / 100), from(httpMessages(http.address, `/files/${file}`))),
  ])

  // Else this would say little: enough of it must have been heard, and have got past the decoder.
  expect(understood).toBeGreaterThan(datagrams * 0.05)

  const states = async (): Promise<string[]> =>
    ((await house.snapshot()).services ?? []).map((service) => `${service.name} ${service.state}`)
  expect(await states()).toEqual(['dhcp running', 'tftp running', 'http running'])

  // A machine of the room that was there before, and one that comes now and shares the pool with made-up ones.
  const machines = house.simulatedMachines().filter(({ expected }) => expected === 'ready')
  await vi.waitFor(
    () => {
      const ready = house.machines().filter(({ stage }) => stage === 'ready')
      expect(ready.map(({ mac }) => mac)).toEqual(expect.arrayContaining(machines.map(({ mac }) => mac)))
    },
    { timeout: 60_000, interval: 50 },
  )
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  expect(hash(await readByTftp(tftp, file))).toBe(hash(content))
  const reply = await fetch(`http://${http.address}:${http.port}/files/${file}`)
  expect(hash(new Uint8Array(await reply.arrayBuffer()))).toBe(hash(content))
  const clients = await RelayedClients.open(dhcp.port)
  // Its own DISCOVER may meet a full pool for as long as offers are kept.
  const asking = setInterval(() => clients.begin(1), 1000)
  await clients.whenAcked(1)
  clearInterval(asking)
  await clients.close()

  await house.commands['exam.stop'](undefined)
  expect(faults).toEqual([])
}, 600_000)
