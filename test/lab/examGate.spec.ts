import { readFileSync } from 'node:fs'
import { presetRules } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { addLockedExam, examWords } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'

const mac = '52:54:00:0e:ca:02'

/** Boots a machine that stops before its exam, and says why. */
async function refused(network: LabNetwork, logFile: string, code: RegExp): Promise<string> {
  const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile, memoryMb: 1024 })
  try {
    await pc.waitFor(code, 600_000)
    expect(pc.console).toContain('Ce poste n’est pas prêt pour l’examen')
    expect(pc.console).toContain('This machine is not ready for the exam')
    // Nothing answers there: no shell, whatever is typed.
    await pc.monitor('sendkey ret')
    for (const key of 'id\n') await pc.monitor(`sendkey ${key === '\n' ? 'ret' : key}`)
    expect(pc.console).not.toMatch(/uid=|# $|initramfs\)/)
    return pc.console
  } finally {
    await pc.powerOff()
  }
}

test('an initramfs that the exam does not know goes no further', async ({ launch, network }, info) => {
  test.setTimeout(900_000)
  const debian = await debianKernel()
  const amorce = await launch()
  // It would boot by itself, and say that its exam is on screen.
  const profileId = await amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
  await amorce.call('examRules.set', { profileId, rules: { ...presetRules.web, kiosk: 'exam' } })
  await amorce.chooseNic(LabNetwork.examNic)
  // The checks before the start have looked into it, and say so; who starts all the same finds the machine refusing.
  await expect(amorce.page.getByTestId('blocked')).toContainText('lock.initramfs')
  await amorce.page.getByTestId('continue-anyway').click()
  await amorce.expectFace('running', 30_000)
  const said = await refused(network, info.outputPath('console.log'), /Code : lock\.initramfs/)
  expect(said).not.toContain('lab: server=')
})

test('a kernel line that opens the machine goes no further', async ({ launch, network }, info) => {
  test.setTimeout(1_800_000)
  const amorce = await launch()
  const id = await addLockedExam(amorce)
  const change = async (commandLine: string, initrds = ['live/initrd.img', 'live/probe.img']) => {
    const profile = { name: 'Examen du labo', system: 'linux', kernel: 'live/vmlinuz', initrds, commandLine } as const
    await amorce.call('profile.update', { id, profile })
  }
  await expect(refusesRules(amorce, id, change)).rejects.toThrow('examRules.opensMachine')
  await amorce.startExam(LabNetwork.examNic)
  // What a hand at the loader adds.
  for (const [index, word] of ['init=/bin/sh', 'single', 'systemd.unit=rescue.target', 'break=premount'].entries()) {
    await change(`${examWords} ${word}`)
    await refused(network, info.outputPath(`word-${index}.log`), /Code : lock\.kernelWords/)
  }
})

/** With such a word in the profile's own line, it cannot have rules at all. */
async function refusesRules(amorce: Amorce, profileId: number, change: (line: string) => Promise<void>): Promise<void> {
  await change(`${examWords} init=/bin/sh`)
  try {
    await amorce.call('examRules.set', { profileId, rules: { ...presetRules.web, kiosk: 'exam' } })
  } finally {
    await change(examWords)
  }
}
