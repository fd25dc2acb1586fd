import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpackedDebianPackage } from '../support/debianPackage.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'

// Files that Debian publishes for network boot, as a technician lays them among the boot files, and not made by this test.
const tree = 'usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64'

test("a PC boots Debian's own installer by a profile", async ({ launch, network }, info) => {
  test.setTimeout(240_000)
  const folder = join(await unpackedDebianPackage('debian-installer-12-netboot-amd64'), tree)
  const files = {
    'debian-installer/amd64/linux': readFileSync(join(folder, 'linux')),
    'debian-installer/amd64/initrd.gz': readFileSync(join(folder, 'initrd.gz')),
  }
  const amorce = await launch()
  amorce.addBootFiles(files)
  const { id } = await amorce.call('profile.add', {
    name: 'Installateur Debian',
    system: 'linux',
    kernel: 'debian-installer/amd64/linux',
    initrds: ['debian-installer/amd64/initrd.gz'],
    commandLine: 'console=ttyS0,115200',
  })
  await amorce.call('profile.makeDefault', id)
  await amorce.startExam(LabNetwork.examNic)

  const mac = '52:54:00:d1:00:12'
  const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile: info.outputPath('console.log') })
  try {
    await pc.waitFor(/Linux version \d/, 150_000)
    // The first words of the installer itself, from its initrd.
    await pc.waitFor(/Starting system log daemon/, 90_000)
  } finally {
    await pc.powerOff()
  }
  await amorce.tile(mac).click()
  const { transfers } = await amorce.machineDetail()
  for (const [file, { length }] of Object.entries(files))
    expect(transfers).toContainEqual(
      expect.objectContaining({ protocol: 'http', file, bytes: length, size: length, outcome: 'complete' }),
    )
})
