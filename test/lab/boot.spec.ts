import { readFileSync } from 'node:fs'
import { packLz4 } from '../../src/media/testdata/packLz4.ts'
import { cpio, debianKernel, makeInitramfs } from '../support/bootMedia.ts'
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

/** An initrd of lz4 that fills its last page, so that no loader has a reason to put anything behind it. */
function wholePagesOfLz4(): Buffer {
  let archive = cpio([{ path: 'before', mode: 0o100644, content: Buffer.from('the other initrd') }])
  while (packLz4(archive).length % 4096 !== 0) archive = Buffer.concat([archive, Buffer.alloc(1)])
  return packLz4(archive)
}

for (const { firmware, mac } of pcs.slice(0, 2))
  test(`a ${firmware.toUpperCase()} PC finds an initrd behind another that lz4 packed`, async ({
    launch,
    network,
  }, info) => {
    test.setTimeout(240_000)
    const debian = await debianKernel()
    const amorce = await launch()
    const id = await amorce.addExam(readFileSync(debian.image), makeInitramfs(debian))
    amorce.addBootFiles({ 'lab/before.lz4': wholePagesOfLz4() })
    const initrds = ['lab/before.lz4', 'lab/initrd']
    const profile = { name: 'Debian du labo', system: 'linux', kernel: 'lab/vmlinuz', initrds } as const
    await amorce.call('profile.update', { id, profile: { ...profile, commandLine: 'console=ttyS0,115200' } })
    await amorce.startExam(LabNetwork.examNic)
    const pc = await QemuMachine.powerOn(network.room, { firmware, mac, logFile: info.outputPath('console.log') })
    try {
      // The first line of what the second one starts.
      await pc.waitFor(/lab: server=/, 180_000)
    } finally {
      await pc.powerOff()
    }
  })

test('what the firmware of a PC says fills its item; what it says otherwise later waits for a person', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(240_000)
  const mac = '52:54:00:b1:05:02'
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(LabNetwork.examNic)
  // What a person wrote when it was bought: the tag, the serial number, and a model that stays.
  const { id } = await amorce.call('stock.add', {
    ...{ assetTag: 'PC-0042', type: 'pc', manufacturer: '', model: 'Poste du fond', serial: 'LAB-SMBIOS' },
    ...{ macs: [], uuid: '', location: '', state: 'inService', notes: '' },
  })
  const identity = {
    manufacturer: 'Dell Inc.',
    product: 'OptiPlex 7090',
    serial: 'LAB-SMBIOS',
    uuid: '4c4c4544-0042-3510-8052-b4c04f4d3733',
  }
  const item = () => amorce.call('stock.get', id)
  const proposals = async () => (await amorce.call('stock.relations', id)).proposals
  const boot = async (memoryMb: number, isKnown: () => Promise<boolean>, assetTag?: string): Promise<void> => {
    const pc = await QemuMachine.powerOn(network.room, {
      ...{ firmware: 'bios', mac, memoryMb, logFile: info.outputPath(`console-${memoryMb}.log`) },
      identity: { ...identity, bios: { version: '1.4.2', date: '03/22/2021' }, ...(assetTag && { assetTag }) },
    })
    try {
      await expect.poll(isKnown, { timeout: 100_000 }).toBe(true)
    } finally {
      await pc.powerOff()
    }
  }

  await boot(512, async () => (await item()).biosVersion !== undefined)
  expect(await item()).toMatchObject({
    ...{ manufacturer: 'Dell Inc.', model: 'Poste du fond', serial: 'LAB-SMBIOS', uuid: identity.uuid, macs: [mac] },
    ...{ biosVersion: '1.4.2', biosDate: '2021-03-22', memoryMiB: 512 },
  })
  expect(await proposals()).toMatchObject([{ field: 'model', current: 'Poste du fond', reported: 'OptiPlex 7090' }])

  // Whoever wrote the figure: memory that is missing is a difference, and never written over.
  await boot(256, async () => (await proposals()).length === 2)
  expect(await proposals()).toContainEqual(
    expect.objectContaining({ field: 'memoryMiB', current: '512', reported: '256', isAlarming: true }),
  )
  expect((await item()).memoryMiB).toBe(512)

  // Its label says something else than its firmware.
  await boot(384, async () => (await proposals()).some(({ field }) => field === 'assetTag'), 'UNI-7')
  expect(await proposals()).toContainEqual(
    expect.objectContaining({ field: 'assetTag', current: 'PC-0042', reported: 'UNI-7' }),
  )
  expect((await item()).assetTag).toBe('PC-0042')
})
