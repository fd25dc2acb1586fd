import { readFileSync } from 'node:fs'
import { presetRules } from '../../src/contract/index.ts'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'

const mac = '52:54:00:0e:ca:02'

test('an initramfs that the exam does not know goes no further', async ({ launch, network }, info) => {
  test.setTimeout(240_000)
  const debian = await debianKernel()
  const amorce = await launch()
  // It would boot by itself, and say that its exam is on screen.
  const profileId = await amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
  await amorce.call('examRules.set', { profileId, rules: { ...presetRules.web, kiosk: 'exam' } })
  await amorce.startExam(LabNetwork.examNic)

  const consoleLog = info.outputPath('console.log')
  const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile: consoleLog })
  try {
    await pc.waitFor(/This machine cannot be locked down/, 180_000)
    expect(pc.console).toContain('initramfs inconnu / unknown')
    expect(pc.console).not.toContain('lab: server=')
  } finally {
    await info.attach('console.log', { path: consoleLog })
    await pc.powerOff()
  }
})
