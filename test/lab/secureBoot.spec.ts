import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootFolder } from '../../tools/bootFiles.mjs'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { unpackedDebianPackage } from '../support/debianPackage.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { mustRun } from '../support/processes.ts'
import { ownKey, QemuMachine } from '../support/qemu.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { whileOn } from '../support/whileOn.ts'

const mac = '52:54:00:5e:cb:01'

// Debian replaces the signed loaders by newer versions now and then; the app does without them until they are pinned again.
test.skip(!existsSync(join(bootFolder, 'shimx64.efi')), 'the pinned signed loaders cannot be had any more')

test('a PC with Secure Boot on refuses iPXE and gets to its exam by the signed chain', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(420_000)
  const debian = await debianKernel()
  const amorce = await launch()
  await amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
  await amorce.startExam(LabNetwork.examNic)

  const consoleLog = info.outputPath('console.log')
  const switchOn = (): Promise<QemuMachine> =>
    QemuMachine.powerOn(network.room, { firmware: 'uefiSecure', mac, logFile: consoleLog })
  let pc = await switchOn()
  try {
    // Other firmware tries PXE again by itself; this one ends at a question.
    await pc.waitFor(/PXEv4[^\n]+Access Denied/, 180_000)
    await pc.powerOff()
    pc = await switchOn()
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', { timeout: 360_000 })
  } catch (error) {
    await info.attach('console.log', { path: consoleLog })
    throw error
  } finally {
    await pc.powerOff()
  }

  await amorce.tile(mac).click()
  const { chain, transfers } = await amorce.machineDetail()
  expect(chain).toMatchObject({ choice: 'auto', isSigned: true, needsSigned: true, limits: [] })
  const complete = transfers.filter(({ outcome }) => outcome === 'complete').map(({ file }) => file)
  expect(complete).toEqual(expect.arrayContaining(['shimx64.efi', 'grubx64.efi', 'grub/grub.cfg', 'lab/vmlinuz']))
  await expect(amorce.page.getByTestId('next-boot')).toContainText('chaîne signée')
})

test('an iPXE that the school signed itself is started first, where its key is enrolled', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(300_000)
  const debian = await debianKernel()
  const amorce = await launch()
  await amorce.addExam(await signed(debian.image), makeInitramfs(debian))
  amorce.addBootFiles({ 'ipxe.efi': await signed(join(bootFolder, 'ipxe.efi')) })
  await amorce.startExam(LabNetwork.examNic)

  await whileOn(network, info, { mac, firmware: 'uefiOwnKey' }, async () => {
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', { timeout: 240_000 })
  })
  await amorce.tile(mac).click()
  const { chain, transfers } = await amorce.machineDetail()
  expect(chain).toMatchObject({ isSigned: false, needsSigned: false })
  expect(transfers.map(({ file }) => file)).toEqual(expect.arrayContaining(['ipxe.efi', 'lab/vmlinuz']))
})

/** A program with the signature of the school's own key beside those that it has. */
async function signed(program: string): Promise<Buffer> {
  const tools = await unpackedDebianPackage('sbsigntool')
  const folder = temporaryFolder('signed')
  const [key, output] = [join(folder, 'key.pem'), join(folder, 'signed.efi')]
  await mustRun('openssl', ['pkey', '-in', ownKey.key, '-passin', `pass:${ownKey.password}`, '-out', key])
  const words = ['--key', key, '--cert', ownKey.certificate, '--output', output, program]
  await mustRun(join(tools, 'usr/bin/sbsign'), words)
  return readFileSync(output)
}
