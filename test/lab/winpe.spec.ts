import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianKernel } from '../support/bootMedia.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'
import { temporaryFolder } from '../support/temporary.ts'

const mac = '52:54:00:77:1b:07'

// wimboot is in no package of Debian's and Windows PE has a licence: a Linux kernel stands for the one, and small files for the
// other. What is shown is that the loader of a PC fetches every file that Windows PE would find on that machine.
test('a PC fetches Windows PE with the task and the package of its machine', async ({ launch, network }, info) => {
  test.setTimeout(240_000)
  const amorce = await launch()
  const starters = { 'winpe/BCD': 'regf', 'winpe/boot.sdi': '$SDI', 'winpe/boot.wim': 'MSWIM' }
  amorce.addBootFiles({
    wimboot: readFileSync((await debianKernel()).image),
    ...Object.fromEntries(Object.entries(starters).map(([path, text]) => [path, Buffer.from(text)])),
  })
  await amorce.answerDialogs({ save: join(temporaryFolder('kit'), 'kit.zip') })
  await amorce.call('windowsKit.make', {
    ...{ serverAddress: '192.168.60.1', httpPort: 8067, endsAt: Date.now() + 86_400_000, user: 'examen' },
    ...{ kiosk: 'assignedAccess', page: '', allowedAddresses: [], denyRemovableStorage: true },
  })
  const { id } = await amorce.call('profile.add', {
    ...{ name: 'Préparer les Windows', system: 'windows', kernel: 'wimboot', commandLine: '', winpeTask: 'prepare' },
    initrds: Object.keys(starters),
  })
  await amorce.call('bootRule.set', { target: { scope: 'machine', mac }, profileId: id, once: true })
  await amorce.addExam()
  await amorce.startExam(LabNetwork.examNic)

  const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile: info.outputPath('console.log') })
  try {
    const fetched = async () =>
      (await amorce.journal(['transfer'], mac)).flatMap((event) =>
        event.type === 'transfer.end' && event.outcome === 'complete' && event.kind !== 'script' ? [event.file] : [],
      )
    await expect
      .poll(async () => (await fetched()).sort(), { timeout: 120_000 })
      .toEqual(
        [
          ...['wimboot', ...Object.keys(starters), 'winpeshl.ini', 'amorce.cmd', 'amorce.js', 'amorce-task.cmd'],
          ...['AmorceExam.psm1', 'Agent.ps1', 'Install.ps1', 'Undo.ps1', 'assignedAccess.xml', 'shellLauncher.xml'],
          ...['deploy.cmd', 'exam.json', 'manifest.json'],
        ].sort(),
      )
  } finally {
    await pc.powerOff()
  }

  // What its batch file says at the end.
  const told = await network.laptop.run('curl', [
    ...['-s', '-d', 'task=prepare&code=2', `http://192.168.60.1:8067/boot/${mac}/winpe/done`],
  ])
  expect(told.stdout).toContain('ok')
  await expect
    .poll(async () => (await amorce.journal(['boot'], mac))[0])
    .toMatchObject({ type: 'agent.task', task: 'prepare', result: 'noWindows' })
})
