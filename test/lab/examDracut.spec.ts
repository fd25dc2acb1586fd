import { presetRules } from '../../src/contract/index.ts'
import { triesInShell } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { laidOver, liveSystem } from '../support/liveMedia.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'

const mac = '52:54:00:0e:ca:03'

/** The candidate's session: tries what exam.spec.ts tries at length, and works on. */
const cage = `#!/bin/sh
tell() { echo "lab: $*" > /dev/ttyS0; }
${triesInShell}
server=$(sed -n 's/.*amorce.server=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
tell "user $(id -un) groups $(id -Gn)"
tries 'web to the server' curl -s -m 10 -o /dev/null "$server/"
tries 'ping' ping -c 1 -W 2 \${server#http://}
tries 'reading the secret' cat /etc/amorce/secret
tries 'becoming root' su -c true
tries 'loading a driver' modprobe usb_storage
"$2" &
tell 'tried everything'
sleep 100000
`

test('a live system made with dracut is locked down as one of live-boot is', async ({ launch, network }, info) => {
  test.setTimeout(900_000)
  const { vmlinuz, ...live } = await liveSystem('dracut')
  const amorce = await launch()
  amorce.addBootFiles({
    'live/vmlinuz': vmlinuz,
    'live/initrd.img': live['initrd.img'],
    'live/squashfs.img': live['filesystem.squashfs'],
    'live/probe.img': laidOver({
      'usr/bin/cage': cage,
      'etc/udev/rules.d/98-lab.rules': 'KERNEL=="ttyS0", MODE="0666"\n',
    }),
  })
  const profile = await amorce.call('profile.add', {
    name: 'Examen du labo',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img', 'live/probe.img'],
    commandLine: [
      // As a profile that is made of a medium of Fedora has it.
      'root=live:{server}/files/live/squashfs.img rd.live.image rd.live.overlay.overlayfs=1 ip=dhcp',
      'console=tty0 console=ttyS0,115200 no_timer_check systemd.journald.forward_to_console=1',
    ].join(' '),
  })
  await amorce.call('profile.makeDefault', profile.id)
  await amorce.call('examRules.set', {
    profileId: profile.id,
    rules: { ...presetRules.web, kiosk: 'exam', lockUntilStart: false },
  })
  await amorce.startExam(LabNetwork.examNic)

  const consoleLog = info.outputPath('console.log')
  const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile: consoleLog, memoryMb: 1024 })
  try {
    await pc.waitFor(/lab: tried everything/, 800_000)
    const tried = [...pc.console.matchAll(/lab: (.+) (SUCCEEDED|failed)/g)].map(([, what, how]) => `${what}: ${how}`)
    expect(tried).toEqual([
      'web to the server: SUCCEEDED',
      'ping: failed',
      'reading the secret: failed',
      'becoming root: failed',
      'loading a driver: failed',
    ])
    expect(pc.console).toContain('lab: user examen groups examen')
    await expect
      .poll(async () => (await amorce.machines()).find((machine) => machine.mac === mac)?.stage, { timeout: 60_000 })
      .toBe('ready')
  } finally {
    await info.attach('console.log', { path: consoleLog })
    await pc.powerOff()
  }
})
