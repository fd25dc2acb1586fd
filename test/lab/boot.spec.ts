import { readFileSync } from 'node:fs'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'

const pcs = [
  // QEMU's option ROM is an iPXE that speaks HTTP: it is handed its script at once.
  { firmware: 'bios', mac: '52:54:00:b1:05:01', loader: undefined },
  { firmware: 'uefi', mac: '52:54:00:0e:f1:01', loader: { protocol: 'tftp', file: 'ipxe.efi' } },
  { firmware: 'uefiHttp', mac: '52:54:00:0e:f1:02', loader: { protocol: 'http', file: 'ipxe.efi' } },
] as const

for (const { firmware, mac, loader } of pcs) {
  test(`a ${firmware.toUpperCase()} PC goes from power-on to an exam that is ready`, async ({
    launch,
    network,
  }, info) => {
    test.setTimeout(240_000)
    const debian = await debianKernel()
    const kernel = readFileSync(debian.image)
    const initrd = makeInitramfs(debian)
    const amorce = await launch()
    await amorce.addExam(kernel, initrd)
    await amorce.startExam(LabNetwork.examNic)

    const identity = {
      manufacturer: 'Dell Inc.',
      product: 'OptiPlex 7090 & Co',
      serial: `LAB-${firmware}`,
      uuid: '4c4c4544-0042-3510-8052-b4c04f4d3732',
    }
    const consoleLog = info.outputPath('console.log')
    const pc = await QemuMachine.powerOn(network.room, { firmware, mac, identity, logFile: consoleLog })
    try {
      await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', { timeout: 180_000 })
    } catch (error) {
      await info.attach('console.log', { path: consoleLog })
      throw error
    } finally {
      await pc.powerOff()
    }

    const [machine] = await amorce.machines()
    expect(machine).toMatchObject({
      mac,
      uuid: identity.uuid,
      stage: 'ready',
      progress: 1,
      boots: 1,
      trouble: undefined,
    })
    expect(machine?.facts).toMatchObject({ ...identity })

    await amorce.tile(mac).click()
    const { timeline, transfers } = await amorce.machineDetail()
    const passed = ['leased', ...(loader ? ['loader'] : []), 'script', 'kernel', 'initrd', 'system', 'ready']
    expect(timeline.map(({ stage }) => stage).filter((stage) => passed.includes(stage))).toEqual(passed)
    const complete = transfers.filter(({ outcome }) => outcome === 'complete')
    for (const [file, { length }] of [
      ['lab/vmlinuz', kernel],
      ['lab/initrd', initrd],
    ] as const)
      expect(complete).toContainEqual(expect.objectContaining({ protocol: 'http', file, bytes: length, size: length }))
    if (loader) expect(complete).toContainEqual(expect.objectContaining(loader))

    await amorce.machinePanel.getByRole('button', { name: 'Ajouter au stock' }).click()
    await expect.poll(async () => (await amorce.items()).map(({ serial }) => serial)).toEqual([identity.serial])
    const [item] = await amorce.items()
    expect(item).toMatchObject({
      manufacturer: identity.manufacturer,
      model: identity.product,
      uuid: identity.uuid,
      macs: [mac],
    })
  })
}
