import { readFileSync } from 'node:fs'
import type { Amorce } from '../support/amorce.ts'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { biosDisk, uefiDisk } from '../support/disks.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { whileOn } from '../support/whileOn.ts'

// What a technician chose, as the PC itself shows it.

const mac = '52:54:00:c4:01:ce'
const ready = { timeout: 180_000 }

async function roomWithAnExam(amorce: Amorce): Promise<number> {
  const debian = await debianKernel()
  return amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
}

test('the menu on a PC: its time runs out, a wrong code, the right code', async ({ launch, network }, info) => {
  test.setTimeout(480_000)
  const amorce = await launch()
  await roomWithAnExam(amorce)
  await amorce.call('profile.add', {
    ...{ name: 'Reparation', system: 'linux', purpose: 'maintenance', kernel: 'lab/vmlinuz', initrds: ['lab/initrd'] },
    commandLine: 'console=ttyS0,115200 lab.repair',
  })
  await amorce.call('bootRule.set', { target: { scope: 'machine', mac }, profileId: null, once: false })
  await amorce.call('bootMenu.save', { timeoutSeconds: 5, code: 'Atelier42' })
  await amorce.startExam(LabNetwork.examNic)

  // Nobody touches the keyboard: what the room's rule says.
  await whileOn(network, info, { mac, firmware: 'bios' }, async (pc) => {
    await pc.waitFor(/que demarrer sur/, 90_000)
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', ready)
    expect(pc.console).not.toContain('lab.repair')
  })

  await amorce.call('bootMenu.save', { timeoutSeconds: 120 })
  await whileOn(network, info, { mac, firmware: 'bios' }, async (pc) => {
    // By name: the exam, the disk, and what only a technician may start.
    const chooseRepair = async (code: string): Promise<void> => {
      await pc.press('down', 'down', 'ret')
      await pc.waitFor(/Password/, 30_000)
      await pc.press('ret')
      await pc.type(code)
      await pc.press('ret')
    }
    await pc.waitFor(/que demarrer sur/, 90_000)
    await chooseRepair('atelier42')
    await pc.waitFor(/code refuse/, 30_000)
    await pc.waitFor(/code refuse[^]+que demarrer sur/, 60_000)
    expect((await amorce.machines()).find((each) => each.mac === mac)?.stage).not.toBe('kernel')
    await chooseRepair('Atelier42')
    await pc.waitFor(/lab\.repair/, 90_000)
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', ready)
  })
  const scripts = (await amorce.journal(['boot'], mac)).filter(({ type }) => type === 'boot.script')
  expect(scripts).toMatchObject([{ profileName: 'Reparation' }, { profileName: 'Debian du labo' }])
})

test('a BIOS PC that always boots the exam goes back to its disk once its sitting is closed, and when nobody serves it', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(540_000)
  const amorce = await launch()
  const profileId = await roomWithAnExam(amorce)
  await amorce.call('bootRule.set', { target: { scope: 'machine', mac }, profileId, once: false })
  const room = await amorce.call('room.add', {
    ...{ name: 'Labo', columns: 2, rows: 2, marks: [] },
    seats: [{ label: 'A1', column: 0, row: 1 }],
  })
  await amorce.call('seat.setMachine', { seatId: room.seats[0]!.id, mac })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: 'R3.01', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidate = { number: '22104', lastName: 'Noël', firstName: 'Éva', group: '', extraMinutes: 0 }
  await amorce.call('roster.take', { sittingId: id, candidates: [candidate] })
  await amorce.call('seating.assign', { sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
  await amorce.startExam(LabNetwork.examNic)
  await amorce.call('sitting.begin', { id, who: 'Labo' })

  const disk = biosDisk('lab: the BIOS disk started')
  await whileOn(network, info, { mac, firmware: 'bios', disk }, async (pc) => {
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', ready)
    expect(pc.console).not.toContain('the BIOS disk')
  })
  await amorce.call('sitting.close', { id, who: 'Labo' })
  await whileOn(network, info, { mac, firmware: 'bios', disk }, async (pc) => {
    await pc.waitFor(/lab: the BIOS disk started/, 120_000)
  })
  expect((await amorce.journal(['boot'], mac)).filter(({ type }) => type === 'boot.script')).toMatchObject([
    { profileName: 'Disque local' },
    { profileName: 'Debian du labo' },
  ])

  // The laptop has left the room: its firmware waits for an answer, then goes on by itself.
  await amorce.stopExam()
  await whileOn(network, info, { mac, firmware: 'bios', disk }, async (pc) => {
    await pc.waitFor(/lab: the BIOS disk started/, 180_000)
    expect(pc.console).toMatch(/iPXE[^]*lab: the BIOS disk started/)
  })
})

test('a UEFI PC boots the exam once, then its disk', async ({ launch, network }, info) => {
  test.setTimeout(600_000)
  const amorce = await launch()
  await roomWithAnExam(amorce)
  const { profiles = [] } = await amorce.snapshot()
  const idOf = (name: string): number => profiles.find((profile) => profile.name === name)!.id
  const target = { scope: 'machine', mac } as const
  await amorce.call('bootRule.set', { target, profileId: idOf('Disque local'), once: false })
  await amorce.call('bootRule.set', { target, profileId: idOf('Debian du labo'), once: true })
  await amorce.startExam(LabNetwork.examNic)

  const disk = await uefiDisk('lab: the UEFI disk started')
  await whileOn(network, info, { mac, firmware: 'uefi', disk }, async (pc) => {
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', ready)
    expect(pc.console).not.toContain('the UEFI disk')
  })
  await whileOn(network, info, { mac, firmware: 'uefi', disk }, async (pc) => {
    // Its firmware tries HTTP first, over IPv6 too.
    await pc.waitFor(/lab: the UEFI disk started/, 400_000)
    // It was handed the iPXE that gives the NIC back as it ends.
    expect(pc.console).toContain('snponly.efi')
  })
})
