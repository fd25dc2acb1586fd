import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestInfo } from '@playwright/test'
import { bootFolder } from '../../tools/bootFiles.mjs'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { unpackedDebianPackage } from '../support/debianPackage.ts'
import { addLockedExam } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { mustRun } from '../support/processes.ts'
import { ownKey, type MachineOptions } from '../support/qemu.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { whileOn } from '../support/whileOn.ts'

const mac = '52:54:00:5e:cb:01'

// Debian replaces the signed loaders by newer versions now and then; the app does without them until they are pinned again.
test.skip(!existsSync(join(bootFolder, 'shimx64.efi')), 'the pinned signed loaders cannot be had any more')

test('a PC with Secure Boot on refuses iPXE and gets to its locked exam by the signed chain', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(900_000)
  const amorce = await launch()
  await addLockedExam(amorce)
  await amorce.startExam(LabNetwork.examNic)

  await refusesIpxe(network, info, { mac, firmware: 'uefiSecure' })
  await whileOn(network, info, { mac, firmware: 'uefiSecure', memoryMb: 1024 }, async (pc) => {
    // The lock, which the exam's initrd lays; and the test's own was laid before.
    await pc.waitFor(/amorce-screen.service/, 800_000)
    expect(pc.console).toContain('lab: the test has laid its programs')
  })
  await amorce.tile(mac).click()
  const { chain, transfers } = await amorce.machineDetail()
  expect(chain).toMatchObject({ choice: 'auto', isSigned: true, needsSigned: true, limits: [] })
  const complete = transfers.filter(({ outcome }) => outcome === 'complete').map(({ file }) => file)
  expect(complete).toEqual(
    expect.arrayContaining([
      ...['shimx64.efi', 'grubx64.efi', 'grub/grub.cfg', 'live/vmlinuz'],
      ...['live/initrd.img', 'live/probe.img', 'grub/exam.cpio', 'live/filesystem.squashfs'],
    ]),
  )
  await expect(amorce.page.getByTestId('next-boot')).toContainText('chaîne signée')
})

test('a PC with Secure Boot on that boots by HTTP gets the signed chain on a disk', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(750_000)
  const debian = await debianKernel()
  const amorce = await launch()
  await amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
  await amorce.startExam(LabNetwork.examNic)

  await refusesIpxe(network, info, { mac, firmware: 'uefiSecureHttp' })
  await whileOn(network, info, { mac, firmware: 'uefiSecureHttp' }, async (pc) => {
    // From here on it is the boot that the test before has seen.
    await pc.waitFor(/Linux version/, 500_000)
  })
  await amorce.tile(mac).click()
  const { chain, transfers } = await amorce.machineDetail()
  expect(chain).toMatchObject({ isSigned: true, needsSigned: true, limits: [] })
  const complete = transfers.filter(({ outcome }) => outcome === 'complete')
  expect(complete.map(({ protocol, file }) => `${protocol} ${file}`)).toEqual(
    expect.arrayContaining(['http signed.img', 'tftp grub/grub.cfg', 'tftp lab/vmlinuz', 'tftp lab/initrd']),
  )
})

/** Other firmware tries the network again by itself; the lab's ends at a question. */
const refusesIpxe = (network: LabNetwork, info: TestInfo, options: Omit<MachineOptions, 'logFile'>): Promise<void> =>
  whileOn(network, info, options, async (pc) => void (await pc.waitFor(/v4[^\n]+Access Denied/, 180_000)))

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
