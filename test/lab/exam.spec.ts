import { writeFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { measuredLink } from '../../src/contract/linkTest.ts'
import { addLockedExam, beginSitting, ExamGuest, triesInShell } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { sha256 } from '../support/tftpClients.ts'

const mac = '52:54:00:0e:ca:01'
const strangerAddress = '192.168.60.200'

/** Tries what a candidate might, and says on the serial line what came of it. */
const tries = `
${triesInShell}
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
`

test('a locked-down exam: nothing gets out, nothing that is plugged in works, every order is obeyed', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(1_800_000)
  const amorce = await launch()
  await addLockedExam(amorce, { does: tries, rules: { autosaveMinutes: 0 } })
  const folder = temporaryFolder('exam')
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const { id, candidateIds } = await beginSitting(amorce, [mac])
  await amorce.startExam(LabNetwork.examNic)
  const subject = 'Démontrez.\n'
  await amorce.answerDialogs({ open: [file('Sujet n°1 – réseaux.txt', subject)] })
  await amorce.call('papers.addSubjects', { targets: ['all'], sittingId: id })

  // Somebody else in the room, who would answer: the room's laptop hears them, and they are what must not be reached.
  const stranger = await network.room.addMachine('stranger', `${strangerAddress}/24`)
  const web = stranger.start('python3', ['-m', 'http.server', '8000', '--bind', '0.0.0.0'])
  await expect
    .poll(async () => (await network.laptop.run('curl', ['-sf', '-m', '2', `http://${strangerAddress}:8000/`])).code)
    .toBe(0)
  const heardByStranger = () => (web.said.match(/"GET /g) ?? []).length
  const before = heardByStranger()

  const [disk, stick] = ['disk.img', 'stick.img'].map((name) => {
    truncateSync(file(name, ''), 64 * 2 ** 20)
    return join(folder, name)
  })
  const consoleLog = info.outputPath('console.log')
  const poweredOnAt = Date.now()
  const guest = await ExamGuest.powerOn(network.room, {
    ...{ mac, logFile: consoleLog },
    devices: [
      ...['-drive', `if=virtio,format=raw,file=${disk}`, '-device', 'qemu-xhci,id=usb'],
      ...['-drive', `if=none,id=stick,format=raw,file=${stick}`],
      ...['-netdev', 'user,id=second', '-netdev', 'user,id=third', '-netdev', 'user,id=phone'],
    ],
  })
  const { pc } = guest
  const stage = async () => (await amorce.machines()).find((each) => each.mac === mac)?.stage
  const incidents = async () => (await amorce.snapshot()).incidents ?? []
  const kinds = async () => (await incidents()).map(({ kind }) => kind)
  /** It is on the invigilator's screen, with seat, candidate and time. */
  const isTold = async (kind: string) => {
    await expect.poll(kinds, { timeout: 60_000 }).toContain(kind)
    const incident = (await incidents()).find((each) => each.kind === kind)
    expect(incident).toMatchObject({ seatLabel: 'A1', candidateId: candidateIds[0], sittingId: id, mac })
    expect(incident?.at).toBeGreaterThan(poweredOnAt)
    expect(incident?.at).toBeLessThanOrEqual(Date.now())
  }
  const worksOn = async () => {
    const now = guest.works
    await expect.poll(() => guest.works, { timeout: 120_000 }).toBeGreaterThan(now + 1)
  }
  const isShown = (console: string) => expect.poll(() => guest.shown(), { timeout: 60_000 }).toBe(console)
  const orders = { sittingId: id, candidateIds, who: 'Labo' }

  try {
    await test.step('what a candidate tries', async () => {
      await pc.waitFor(/lab: tried everything/, 900_000)
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
      await isShown('tty7')
      await isTold('virtualMachine')
      // The script of its own.
      await isTold('accessRefused')
    })

    await test.step('the subject is there, whole, and cannot be written', async () => {
      const path = '/home/examen/Sujets/Sujet n°1 – réseaux.txt'
      await expect
        .poll(() => guest.asRoot(`sha256sum "${path}"`), { timeout: 60_000 })
        .toContain(sha256(Buffer.from(subject)))
      const touched = await guest.asCandidate(
        `cd /home/examen; cat Sujets/*; echo x >> Sujets/*; rm -f Sujets/*; mv Sujets Autres; echo x > Sujets/y; ls -N Sujets`,
      )
      expect(touched.startsWith(subject)).toBe(true)
      expect(touched.trimEnd().endsWith('Sujet n°1 – réseaux.txt')).toBe(true)
      expect(await guest.asRoot(`sha256sum "${path}"`)).toContain(sha256(Buffer.from(subject)))
    })

    await test.step('what is plugged in', async () => {
      await pc.monitor('device_add usb-storage,bus=usb.0,drive=stick,id=plugged')
      await isTold('usbPlugged')
      await pc.monitor('device_add usb-kbd,bus=usb.0,id=keys')
      await isTold('inputPlugged')
      // A telephone that shares its network, then a card in the machine itself.
      await pc.monitor('device_add usb-net,bus=usb.0,netdev=phone,id=phone')
      await isTold('secondNetwork')
      await pc.monitor('device_add virtio-net-pci,netdev=second,id=card')
      const cards = async () =>
        (await incidents()).filter(({ kind, text }) => kind === 'secondNetwork' && /^(eth|en)/.test(text)).length
      await expect.poll(cards, { timeout: 120_000 }).toBe(1)
      // Its MAC is the exam's, which every candidate can read.
      await pc.monitor(`device_add virtio-net-pci,netdev=third,mac=${mac},id=twin`)
      await expect.poll(cards, { timeout: 120_000 }).toBe(2)
      expect((await guest.asRoot('ls /sys/class/net')).split(/\s+/).filter(Boolean)).toHaveLength(2)
      await worksOn()
      expect(pc.console).not.toMatch(/disks:[ \t]*[a-z]/)
    })

    await test.step('a console, the clock, the session', async () => {
      for (const keys of ['ctrl-alt-f2', 'alt-right', 'ctrl-alt-delete', 'alt-sysrq-b'])
        await pc.monitor(`sendkey ${keys}`)
      await worksOn()
      expect(await guest.shown()).toBe('tty7')
      // Whoever held the kernel's hand would be seen, and put back.
      await guest.asRoot(`perl -e 'open(my $t, "<", "/dev/tty0"); ioctl($t, 0x560C, 0); ioctl($t, 0x5606, 2)'`)
      await isTold('otherConsole')
      await isShown('tty7')
      await guest.asRoot('date -s "+2 hours"')
      await isTold('clockChanged')
      await guest.asCandidate('kill -9 -1')
      await isTold('kioskRestarted')
      await worksOn()
      await isShown('tty7')
      // Without its agent it is locked, until the agent is back.
      await guest.asRoot('systemctl kill --signal=KILL amorce-agent; sleep 0.5; systemctl stop amorce-agent')
      expect(await guest.shown()).toBe('tty12')
      expect(await guest.screen()).toContain('L’agent d’examen s’est arrêté')
      await guest.asRoot('systemctl start amorce-agent')
      await isShown('tty7')
    })

    await test.step('messages, time, the speed of its cable', async () => {
      await amorce.call('candidate.message', { ...orders, text: 'Il reste « dix » minutes' })
      // It is heard with the agent's next beat.
      await expect
        .poll(() => guest.asRoot('cat /run/amorce-shown/bar'), { timeout: 30_000 })
        .toContain('Il reste « dix » minutes')
      // There is no bar under cage: it has the screen for a moment.
      await isShown('tty12')
      expect(await guest.screen()).toMatch(/Il reste « dix » minutes[^]*A1 {2}Éva Noël\n[^]*min \/ time left/)
      await isShown('tty7')
      const deadline = async () => Number(/deadline='(\d+)'/.exec(await guest.asRoot('cat /run/amorce-shown/bar'))?.[1])
      const ends = await deadline()
      await amorce.call('candidate.extend', { ...orders, minutes: 10 })
      await expect.poll(async () => Math.abs((await deadline()) - ends - 600), { timeout: 30_000 }).toBeLessThan(5)
      await amorce.call('machine.watch', mac)
      await amorce.call('link.measure', mac)
      await expect
        .poll(async () => measuredLink((await amorce.machineDetail()).transfers), { timeout: 90_000 })
        .toBeDefined()
      expect(await amorce.call('link.isAwaited', mac)).toBe(false)
      expect(await stage()).toBe('ready')
    })

    await test.step('the cable, while the machine is locked; the code opens it without a network', async () => {
      await amorce.call('candidate.lock', { ...orders, reason: 'Téléphone' })
      await isShown('tty12')
      expect(await guest.screen()).toContain('Téléphone')
      await pc.setLink('off')
      await expect.poll(stage, { timeout: 120_000 }).toBe('lost')
      await worksOn()
      expect(await guest.shown()).toBe('tty12')
      // Its agent dies, and knows what it knew when it is back.
      await guest.asRoot('systemctl kill --signal=KILL amorce-agent')
      // Its screen begins anew with it: what is typed before that is lost.
      await pc.waitFor(/recalled what the server said last/, 120_000)
      await expect.poll(() => guest.screen(), { timeout: 60_000 }).toContain('Téléphone')
      expect(await guest.shown()).toBe('tty12')
      const code = (await amorce.snapshot()).sittings?.[0]?.candidates[0]?.unlockCode ?? ''
      await guest.type(`${code.startsWith('0') ? '1' : '0'}${code.slice(1)}\n`)
      await worksOn()
      expect(await guest.shown()).toBe('tty12')
      await guest.type(`${code}\n`)
      await isShown('tty7')
      await pc.setLink('on')
      await expect.poll(stage, { timeout: 60_000 }).toBe('ready')
      // The console has it from the machine.
      await expect
        .poll(async () => (await amorce.snapshot()).sittings?.[0]?.candidates[0]?.locked, { timeout: 60_000 })
        .toBeUndefined()
      expect(await guest.shown()).toBe('tty7')
    })

    await test.step('the work, asked for', async () => {
      await amorce.call('papers.collect', { isFinal: true })
      const collected = async () => (await amorce.call('papers.view', undefined)).seats.flatMap(({ works: all }) => all)
      await expect.poll(collected, { timeout: 60_000 }).toHaveLength(1)
      expect((await collected())[0]).toMatchObject({ name: 'travail.tar.gz', candidate: 'Éva Noël' })
      expect(heardByStranger()).toBe(before)
    })

    await test.step('none of its secrets is in a log, in the journal or on a command line, or opens anything elsewhere', async () => {
      const token = (await guest.asRoot('cat /etc/amorce/secret')).trim()
      const key = (await guest.asRoot('cat /run/amorce/key')).trim()
      const pageKey = /key=([0-9a-f]+)/.exec(await guest.asRoot('cat /etc/amorce/session.conf'))?.[1] ?? ''
      expect([token.length, key.length, pageKey.length]).toEqual([64, 32, 32])
      const kept = await network.laptop.mustRun('sh', [
        '-c',
        `grep -rlaE '${token}|${key}|${pageKey}|ticket=' "$1" --exclude-dir=boot || true`,
        'sh',
        amorce.dataFolder,
      ])
      expect(kept).toBe('')
      // That of the kernel, which every candidate can read.
      const kernelLine = await guest.asRoot('cat /proc/cmdline')
      expect(kernelLine).toContain(`amorce.mac=${mac}`)
      for (const secret of [token, key, pageKey, 'ticket', 'exam-overlay']) expect(kernelLine).not.toContain(secret)
      // By a file: whoever looks for them on command lines has none of them on their own.
      const found = await guest.asRoot(
        'cat /etc/amorce/secret /run/amorce/key | grep . > /run/sought; grep -lFf /run/sought /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null; rm /run/sought',
      )
      expect(found).toBe('')
      // The key of the page is on that of the candidate's own browser alone.
      const holders = await guest.asRoot(
        'sed -n "s/.*key=\\([0-9a-f]*\\).*/\\1/p" /etc/amorce/session.conf > /run/sought; for line in $(grep -lFf /run/sought /proc/[0-9]*/cmdline 2> /dev/null); do stat -c %U $line; done | sort -u; rm /run/sought',
      )
      expect(holders).toBe('examen\n')
      // Whoever carried them to another address has nothing by them.
      const { httpPort } = await amorce.settings()
      const answerTo = async (path: string, ...shown: string[]): Promise<string> => {
        const url = `http://${LabNetwork.examAddress}:${httpPort}${path}`
        return stranger.mustRun('curl', ['-s', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}', ...shown, url])
      }
      expect(await answerTo('/api/agent', '-H', `X-Amorce-Boot: ${token}`, '-d', 'stage ready')).toBe('403')
      expect(await answerTo('/api/agent/papers', '-H', `X-Amorce-Boot: ${token}`)).toBe('403')
      const files = ['-b', `amorce=${pageKey}`, '-H', `X-Exam-Token: ${key}`]
      expect(await answerTo('/exam/api/state', ...files)).toBe('403')
      expect(await answerTo('/exam/api/uploads', ...files, '-d', '{}')).toBe('403')
    })

    await test.step('what would leave it open leaves it closed', async () => {
      const isRefused = async (code: string) => {
        await isShown('tty12')
        await expect.poll(() => guest.screen(), { timeout: 60_000 }).toContain(`Code : ${code}`)
      }
      await guest.asRoot('echo wrong > /etc/amorce/secret; systemctl restart amorce-agent')
      await isRefused('lock.serverRefuses')
      await pc.setLink('off')
      // As one that was never heard.
      await guest.asRoot('rm /run/amorce/answer; systemctl restart amorce-agent')
      await isRefused('lock.serverSilent')
      await pc.setLink('on')
      await guest.asRoot('systemctl stop amorce-agent; echo "drop everything" > /etc/amorce/firewall.nft')
      await guest.asRoot('/usr/lib/amorce/lockdown')
      await isRefused('lock.rulesNotLoaded')
      await guest.asRoot('rm /usr/sbin/nft; /usr/lib/amorce/lockdown')
      await isRefused('lock.nftMissing')
      await guest.asRoot('rm /usr/bin/cage; systemctl restart amorce-kiosk')
      await isRefused('lock.noDisplay')
      expect(await guest.asRoot('cat /run/amorce/state')).toBe('failed\n')
    })
  } finally {
    await info.attach('console.log', { path: consoleLog })
    await pc.powerOff()
  }
})
