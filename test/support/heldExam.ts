import { expect } from '@playwright/test'
import type { SittingView } from '../../src/contract/index.ts'
import type { Amorce } from './amorce.ts'
import { Udhcpc } from './dhcpClients.ts'
import { LabNetwork, type Namespace } from './namespaces.ts'
import type { Running } from './processes.ts'

const { examNic, examAddress } = LabNetwork

/** A machine at a seat, its kernel being this one's, with an agent that reports. */
export interface Pc {
  label: string
  mac: string
  machine: Namespace
  /** Of the switch, where it is plugged in. */
  port: string
  agent: Running
}

export const startAgent = (machine: Namespace, mac: string, url: string): Running =>
  machine.start('sh', [
    '-c',
    `while :; do curl -s -m 2 -o /dev/null --json '{"mac":"${mac}","stage":"ready"}' ${url}/api/heartbeat; sleep 2; done`,
  ])

/** An exam on the real network, in a room whose seats know their machines, with somebody at each of them. */
export async function holdExam(
  amorce: Amorce,
  network: LabNetwork,
  count: number,
): Promise<{ pcs: Pc[]; url: string }> {
  await amorce.addExam()
  await amorce.startExam(examNic)
  const url = `http://${examAddress}:${(await amorce.settings()).httpPort}`
  const room = await amorce.call('room.add', {
    ...{ name: 'Labo', columns: count, rows: 1, marks: [] },
    seats: Array.from({ length: count }, (_, i) => ({ label: `A${i + 1}`, column: i, row: 0 })),
  })
  const pcs: Pc[] = []
  for (const [i, seat] of room.seats.entries()) {
    const machine = await network.room.addMachine('pc')
    const mac = await machine.macOf('eth0')
    const client = new Udhcpc(machine)
    await client.obtain()
    await client.stop()
    await amorce.call('seat.setMachine', { seatId: seat.id, mac })
    await amorce.call('stock.add', {
      ...{ assetTag: `PC-${i + 1}`, type: 'pc', manufacturer: '', model: '', serial: '', uuid: '', location: '' },
      ...{ notes: '', macs: [mac], state: 'inService' as const },
    })
    // The first port is the laptop's.
    pcs.push({ label: seat.label, mac, machine, port: `port${i + 2}`, agent: startAgent(machine, mac, url) })
  }
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: '', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidates = pcs.map((_, i) => ({
    ...{ number: String(100 + i), lastName: `Nom${i + 1}`, firstName: 'Éva', group: '', extraMinutes: 0 },
  }))
  await amorce.call('roster.take', { sittingId: id, candidates })
  await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })
  for (const { mac } of pcs) await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready')
  await amorce.call('sitting.begin', { id, who: 'Labo' })
  return { pcs, url }
}

/** `A1 agentSilent` for each incident of the sitting, oldest first; without a seat, what it says. */
export async function incidentsOf(amorce: Amorce): Promise<string[]> {
  const { incidents = [], sittings = [] } = await amorce.snapshot()
  const nameOf = ({ candidates }: SittingView, id?: number) => candidates.find((each) => each.id === id)?.lastName ?? ''
  return incidents
    .map(({ seatLabel, kind, severity, text, candidateId, sittingId }) => {
      const sitting = sittings.find(({ id }) => id === sittingId)
      return [seatLabel ?? text, kind, severity, sitting ? nameOf(sitting, candidateId) : ''].join(' ').trim()
    })
    .reverse()
}
