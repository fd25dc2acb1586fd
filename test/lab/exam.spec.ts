import { writeFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { presetRules } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { laidOver, liveSystem } from '../support/liveMedia.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { QemuMachine } from '../support/qemu.ts'
import { temporaryFolder } from '../support/temporary.ts'

const mac = '52:54:00:0e:ca:01'
const strangerAddress = '192.168.60.200'

/**
 * What the candidate's session is made of here: it runs as the candidate, where a desktop would, tries what a candidate
 * might, and says on the serial line what it found; then it works, and says which console the machine shows.
 */
const cage = `#!/bin/sh
tell() { echo "lab: $*" > /dev/ttyS0; }
tries() {
  name=$1
  shift
  if "$@" > /dev/null 2>&1; then tell "$name SUCCEEDED"; else tell "$name failed"; fi
}
server=$(sed -n 's/.*amorce.server=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
tell "user $(id -un) groups $(id -Gn)"
tries 'web to a stranger' curl -sf -m 5 -o /dev/null http://${strangerAddress}:8000/
tries 'web to the server' curl -s -m 10 -o /dev/null "$server/"
tries 'ping' ping -c 1 -W 2 ${strangerAddress}
tries 'dns' sh -c 'getent hosts example.org'
tries 'reading the secret' cat /etc/amorce/secret
tries 'reading the rules of root' cat /etc/amorce/exam.conf
tries 'becoming root' su -c true
tries 'sudo' sudo -n true
tries 'seeing processes of root' cat /proc/1/cmdline
# Of a console that is held it waits for ever.
tries 'another console' timeout 5 chvt 2
tries 'SysRq' sh -c 'echo b > /proc/sysrq-trigger'
tries 'loading a driver' modprobe usb_storage
tries 'a heartbeat of its own' curl -sf -m 5 -d stage=ready "$server/api/heartbeat"
tries 'a script of its own' curl -sf -m 5 "$server/boot/$(sed -n 's/.*amorce.mac=\\([^ ]*\\).*/\\1/p' /proc/cmdline)/script.ipxe"
tries 'the state of the exam without its key' curl -sf -m 5 "$server/exam/api/state"
tell "disks:$(sed 1,2d /proc/partitions | awk '{ print $4 }' | grep -v '^loop\\|^ram\\|^sr' | tr '\\n' ' ')"
echo 'le travail' > "$HOME/Travail/copie.txt"
tell 'tried everything'
"$2" &
shown= n=0
while :; do
  n=$((n + 1))
  echo $n > "$HOME/Travail/compte.txt"
  console=$(cat /sys/class/tty/tty0/active)
  if [ "$console" != "$shown" ]; then shown=$console; tell "console $console"; fi
  tell "work $n disks:$(sed 1,2d /proc/partitions | awk '{ print $4 }' | grep -v '^loop\\|^ram\\|^sr' | tr '\\n' ' ')"
  sleep 2
done
`
/** A browser that opens what it is told to, once, and keeps its cookie. */
const chromium = `#!/bin/sh
for url; do :; done
jar=$(mktemp)
curl -sf -m 10 -L -c "$jar" -o /dev/null "$url"
curl -sf -m 10 -b "$jar" "\${url%%/exam*}/exam/api/state" | grep -q '"token"' && echo 'lab: the page is this seat’s' > /dev/ttyS0
sleep 100000
`
const serialForAll = 'KERNEL=="ttyS0", MODE="0666"\n'

async function sitting(amorce: Amorce): Promise<{ id: number; candidateId: number }> {
  const room = await amorce.call('room.add', {
    ...{ name: 'Labo', columns: 2, rows: 2, marks: [] },
    seats: [{ label: 'A1', column: 0, row: 1 }],
  })
  const seatId = room.seats[0]!.id
  await amorce.call('seat.setMachine', { seatId, mac })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: 'R3.01', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidate = { number: '22104', lastName: 'Noël', firstName: 'Éva', group: '', extraMinutes: 0 }
  await amorce.call('roster.take', { sittingId: id, candidates: [candidate] })
  const view = await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })
  await amorce.call('sitting.begin', { id, who: 'Labo' })
  return { id, candidateId: view.candidates[0]!.id }
}

test('a locked-down exam: nothing gets out, no disk, no stick, and a pulled cable changes nothing', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(480_000)
  const { vmlinuz, ...live } = await liveSystem()
  const amorce = await launch()
  amorce.addBootFiles({
    'live/vmlinuz': vmlinuz,
    'live/initrd.img': live['initrd.img'],
    'live/filesystem.squashfs': live['filesystem.squashfs'],
    'live/probe.img': laidOver({
      'usr/bin/cage': cage,
      'usr/bin/chromium': chromium,
      'etc/udev/rules.d/98-lab.rules': serialForAll,
    }),
  })
  const profile = await amorce.call('profile.add', {
    name: 'Examen du labo',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img', 'live/probe.img'],
    commandLine: [
      'boot=live fetch={server}/files/live/filesystem.squashfs console=tty0 console=ttyS0,115200',
      // An emulated timer on a busy machine is late now and then, which is no reason to panic.
      'no_timer_check',
      // What the system says is then in the log of a test that failed.
      'systemd.journald.forward_to_console=1',
    ].join(' '),
  })
  await amorce.call('profile.makeDefault', profile.id)
  await amorce.call('examRules.set', {
    profileId: profile.id,
    rules: { ...presetRules.web, kiosk: 'exam', lockUntilStart: false, autosaveMinutes: 0 },
  })
  const { id, candidateId } = await sitting(amorce)
  await amorce.startExam(LabNetwork.examNic)

  // Somebody else in the room, who would answer: the room's laptop hears them, and they are what must not be reached.
  const stranger = await network.room.addMachine('stranger', `${strangerAddress}/24`)
  const web = stranger.start('python3', ['-m', 'http.server', '8000', '--bind', '0.0.0.0'])
  await expect
    .poll(async () => (await network.laptop.run('curl', ['-sf', '-m', '2', `http://${strangerAddress}:8000/`])).code)
    .toBe(0)
  const heardByStranger = () => (web.said.match(/"GET /g) ?? []).length
  const before = heardByStranger()

  const folder = temporaryFolder('disks')
  const [disk, stick] = ['disk.img', 'stick.img'].map((name) => {
    const path = join(folder, name)
    writeFileSync(path, '')
    truncateSync(path, 64 * 2 ** 20)
    return path
  })
  const consoleLog = info.outputPath('console.log')
  const pc = await QemuMachine.powerOn(network.room, {
    ...{ firmware: 'bios', mac, logFile: consoleLog, memoryMb: 1024 },
    devices: [
      ...['-drive', `if=virtio,format=raw,file=${disk}`, '-device', 'qemu-xhci,id=usb'],
      ...['-drive', `if=none,id=stick,format=raw,file=${stick}`],
    ],
  })
  const machine = async () => (await amorce.machines()).find((each) => each.mac === mac)
  const stage = async () => (await machine())?.stage
  const incidents = async () => ((await amorce.snapshot()).incidents ?? []).map(({ kind }) => kind)
  const works = (): number => Number([...pc.console.matchAll(/lab: work (\d+)/g)].at(-1)?.[1] ?? 0)
  const shown = (): string | undefined => [...pc.console.matchAll(/lab: console (tty\d+)/g)].at(-1)?.[1]
  const worksOn = async () => {
    const now = works()
    await expect.poll(works, { timeout: 30_000 }).toBeGreaterThan(now + 1)
  }

  try {
    await pc.waitFor(/lab: tried everything/, 300_000)
    const tried = [...pc.console.matchAll(/lab: (.+) (SUCCEEDED|failed)/g)].map(([, what, how]) => `${what}: ${how}`)
    expect(tried).toEqual([
      'web to a stranger: failed',
      'web to the server: SUCCEEDED',
      'ping: failed',
      'dns: failed',
      'reading the secret: failed',
      'reading the rules of root: failed',
      'becoming root: failed',
      'sudo: failed',
      'seeing processes of root: failed',
      'another console: failed',
      'SysRq: failed',
      'loading a driver: failed',
      'a heartbeat of its own: failed',
      'a script of its own: failed',
      'the state of the exam without its key: failed',
    ])
    expect(pc.console).toContain('lab: user examen groups examen')
    expect(heardByStranger()).toBe(before)
    // The virtio disk has no driver.
    expect(pc.console).toMatch(/lab: disks:\s*\n/)

    await expect.poll(stage, { timeout: 60_000 }).toBe('ready')
    await pc.waitFor(/lab: the page is this seat’s/, 30_000)
    await expect.poll(shown, { timeout: 30_000 }).toBe('tty7')
    await expect.poll(incidents).toContain('virtualMachine')

    // A stick
    await pc.monitor('device_add usb-storage,bus=usb.0,drive=stick,id=plugged')
    await expect.poll(incidents, { timeout: 60_000 }).toContain('usbPlugged')
    await worksOn()
    expect(pc.console).not.toMatch(/disks:[ \t]*[a-z]/)

    // The cable, while the machine is locked
    await amorce.call('candidate.lock', {
      sittingId: id,
      candidateIds: [candidateId],
      reason: 'Téléphone',
      who: 'Labo',
    })
    await expect.poll(shown, { timeout: 60_000 }).toBe('tty12')
    await pc.setLink('off')
    await amorce.call('candidate.unlock', { sittingId: id, candidateIds: [candidateId], who: 'Labo' })
    await expect.poll(stage, { timeout: 120_000 }).toBe('lost')
    await worksOn()
    expect(shown()).toBe('tty12')
    await pc.setLink('on')
    await expect.poll(stage, { timeout: 60_000 }).toBe('ready')
    await expect.poll(shown, { timeout: 30_000 }).toBe('tty7')
    await worksOn()

    // The work is asked for, and comes without the candidate doing anything.
    await amorce.call('papers.collect', { isFinal: true })
    const collected = async () => (await amorce.call('papers.view', undefined)).seats.flatMap(({ works: all }) => all)
    await expect.poll(collected, { timeout: 60_000 }).toHaveLength(1)
    expect((await collected())[0]).toMatchObject({ name: 'travail.tar.gz', candidate: 'Éva Noël' })
    expect(heardByStranger()).toBe(before)
  } finally {
    await info.attach('console.log', { path: consoleLog })
    await pc.powerOff()
  }
})
