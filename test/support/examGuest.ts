import { connect } from 'node:net'
import { join } from 'node:path'
import { presetRules, type ExamRulesInput } from '../../src/contract/index.ts'
import type { Amorce } from './amorce.ts'
import { laidOver, liveSystem } from './liveMedia.ts'
import type { Segment } from './namespaces.ts'
import { QemuMachine, type MachineOptions } from './qemu.ts'
import { temporaryFolder } from './temporary.ts'

/** A browser that opens what it is told to, once, and keeps its cookie. */
const chromium = `#!/bin/sh
for url; do :; done
jar=$(mktemp)
curl -sf -m 10 -L -c "$jar" -o /dev/null "$url"
curl -sf -m 10 -b "$jar" "\${url%%/exam*}/exam/api/state" | grep -q '"token"' && echo 'lab: the page is this seat’s' > /dev/ttyS0
sleep 100000
`
/** For a session's script that has `tell`: tries what a candidate might, and says what came of it. */
export const triesInShell = `tries() {
  name=$1
  shift
  if "$@" > /dev/null 2>&1; then tell "$name SUCCEEDED"; else tell "$name failed"; fi
}`
/** Runs as the candidate, where a desktop would: what it does by itself, then the browser, then it says which console is shown. */
const cage = (does: string): string => `#!/bin/sh
tell() { echo "lab: $*" > /dev/ttyS0; }
${does}
"$2" &
shown= n=0
while :; do
  n=$((n + 1))
  console=$(cat /sys/class/tty/tty0/active)
  if [ "$console" != "$shown" ]; then shown=$console; tell "console $console"; fi
  tell "work $n disks:$(sed 1,2d /proc/partitions | awk '{ print $4 }' | grep -v '^loop\\|^ram\\|^sr' | tr '\\n' ' ')"
  sleep 2
done
`
/** The test's hand in the machine, as root, on a serial line of its own. */
const hand = `#!/bin/sh
stty -F /dev/ttyS1 raw -echo
exec < /dev/ttyS1 > /dev/ttyS1 2>&1
echo lab-hand
while IFS= read -r line; do
  sh -c "$line" < /dev/null
  echo "lab-done $?"
done
`
const handUnit = `[Unit]
DefaultDependencies=no
After=amorce-lockdown.service
[Service]
ExecStart=/usr/bin/lab-hand
Restart=always
`

/** A boot profile of a live system that nobody prepared for exams, with the exam's rules, for every machine. */
export async function addLockedExam(
  amorce: Amorce,
  { does = '', rules = {} }: { does?: string; rules?: Partial<ExamRulesInput> } = {},
): Promise<number> {
  const { vmlinuz, ...live } = await liveSystem()
  amorce.addBootFiles({
    'live/vmlinuz': vmlinuz,
    'live/initrd.img': live['initrd.img'],
    'live/filesystem.squashfs': live['filesystem.squashfs'],
    'live/probe.img': laidOver({
      'usr/bin/cage': cage(does),
      'usr/bin/chromium': chromium,
      'usr/bin/lab-hand': hand,
      'etc/systemd/system/lab-hand.service': handUnit,
      'etc/systemd/system/amorce-exam.target.d/lab.conf': '[Unit]\nWants=lab-hand.service\n',
      'etc/udev/rules.d/98-lab.rules': 'KERNEL=="ttyS0", MODE="0666"\n',
    }),
  })
  const { id } = await amorce.call('profile.add', {
    name: 'Examen du labo',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img', 'live/probe.img'],
    commandLine: examWords,
  })
  await amorce.call('profile.makeDefault', id)
  await amorce.call('examRules.set', {
    profileId: id,
    rules: { ...presetRules.web, kiosk: 'exam', lockUntilStart: false, ...rules },
  })
  return id
}

export const examWords = [
  'boot=live fetch={server}/files/live/filesystem.squashfs console=tty0 console=ttyS0,115200',
  // An emulated timer on a busy machine is late now and then, which is no reason to panic.
  'no_timer_check',
  // What the system says is then in the log of a test that failed.
  'systemd.journald.forward_to_console=1',
].join(' ')

/** A sitting in a room of these machines that has begun, with so many candidates at the first of them. */
export async function beginSitting(
  amorce: Amorce,
  macs: readonly (string | undefined)[],
  howMany = 1,
): Promise<{ id: number; candidateIds: number[]; seatIds: number[] }> {
  const room = await amorce.call('room.add', {
    ...{ name: 'Labo', columns: 4, rows: 2, marks: [] },
    seats: macs.map((_, column) => ({ label: `A${column + 1}`, column, row: 1 })),
  })
  for (const [index, { id }] of room.seats.entries())
    if (macs[index] !== undefined) await amorce.call('seat.setMachine', { seatId: id, mac: macs[index] })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: 'R3.01', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidates = [
    { number: '22104', lastName: 'Noël', firstName: 'Éva', group: '', extraMinutes: 0 },
    { number: '22105', lastName: 'Petit', firstName: 'Bo', group: '', extraMinutes: 0 },
  ].slice(0, howMany)
  await amorce.call('roster.take', { sittingId: id, candidates })
  const view = await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })
  await amorce.call('sitting.begin', { id, who: 'Labo' })
  return { id, candidateIds: view.candidates.map((each) => each.id), seatIds: room.seats.map((seat) => seat.id) }
}

/** A machine that boots the exam, and what can be seen of it and done to it. */
export class ExamGuest {
  private constructor(
    readonly pc: QemuMachine,
    private readonly handPath: string,
  ) {}

  static async powerOn(
    segment: Segment,
    { devices = [], ...options }: Pick<MachineOptions, 'mac' | 'logFile' | 'devices'>,
  ): Promise<ExamGuest> {
    const handPath = join(temporaryFolder('hand'), 'serial')
    const serial = ['-serial', `unix:${handPath},server=on,wait=off`]
    const hardware = { firmware: 'bios', memoryMb: 1024, devices: [...serial, ...devices] } as const
    return new ExamGuest(await QemuMachine.powerOn(segment, { ...hardware, ...options }), handPath)
  }

  /** What a command says that root runs in the machine, once its lockdown is done. */
  asRoot(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.handPath)
      let said = ''
      socket.setTimeout(60_000, () => socket.destroy(new Error(`${command}: no end to it: ${said}`)))
      socket.on('error', reject)
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const end = /lab-done \d+\r?\n$/.exec(said)
        if (!end) return
        socket.end()
        resolve(said.slice(0, end.index).replaceAll('\r', '').replace('lab-hand\n', ''))
      })
      socket.write(`${command}\n`)
    })
  }

  asCandidate(command: string): Promise<string> {
    return this.asRoot(`setpriv --reuid=examen --regid=examen --clear-groups sh -c '${command}'`)
  }

  /** How often the candidate's session has said that it works. */
  get works(): number {
    return this.pc.console.match(/lab: work \d+/g)?.length ?? 0
  }

  /** The console that the machine shows, as the kernel knows it. */
  async shown(): Promise<string> {
    return (await this.asRoot('cat /sys/class/tty/tty0/active')).trim()
  }

  /** What its locked screen says. */
  screen(): Promise<string> {
    return this.asRoot('cat /run/amorce/screen')
  }

  async type(keys: string): Promise<void> {
    for (const key of keys) await this.pc.monitor(`sendkey ${key === '\n' ? 'ret' : key}`)
  }
}
