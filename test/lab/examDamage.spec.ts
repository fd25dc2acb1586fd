import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@playwright/test'
import { presetRules } from '../../src/contract/index.ts'
import { kernelWords, overlayFor, readOverlaySources } from '../../src/overlay/index.ts'
import { overlayFolder, unpackOverlay } from '../../src/overlay/testing.ts'
import { liveSystem } from '../support/liveMedia.ts'
import { Running } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary.ts'

// An exam that was damaged on its way locks a machine's boot, whatever of it was lost. What the kernel was handed is in force
// as it is: the exam's archive is the last of them.

const overlay = async (): Promise<Buffer> =>
  overlayFor(
    await readOverlaySources(overlayFolder),
    { ...presetRules.web, kiosk: 'exam' },
    {
      ...{
        serverUrl: 'http://192.168.60.1',
        serverAddress: '192.168.60.1',
        serverPorts: [80],
        mac: '52:54:00:00:00:0a',
      },
      ...{ token: 'ab'.repeat(32), pageKey: 'cd'.repeat(16) },
    },
  )

/**
 * What the exam's own scripts say in an initramfs where the live system is mounted: with this computer's programs, in a root of
 * their own, and with two files for its screens. `changed` may damage what the kernel unpacked.
 */
async function said(script: string, changed: (place: (path: string) => string) => void): Promise<string> {
  const folder = temporaryFolder('damaged')
  const place = (path: string): string => join(folder, path)
  for (const [path, { content, mode }] of unpackOverlay(await overlay())) {
    if ((mode & 0o170000) === 0o040000) continue
    mkdirSync(dirname(place(path)), { recursive: true })
    writeFileSync(place(path), content, { mode: mode & 0o777 })
  }
  for (const path of ['dev', 'usr', 'proc', 'live/etc/systemd/system', 'scripts', 'conf'])
    mkdirSync(place(path), { recursive: true })
  for (const path of ['dev/tty0', 'dev/console', 'scripts/functions', 'conf/initramfs.conf', 'live/etc/hosts'])
    writeFileSync(place(path), '')
  // What the initramfs starts when nothing was refused.
  writeFileSync(place('init'), '#!/bin/sh\necho goes on > /dev/console\n', { mode: 0o755 })
  changed(place)
  const boot = new Running('unshare', [
    ...['--mount', '--pid', '--fork', '--kill-child', 'sh', '-ec'],
    `cd ${folder}
    mount --rbind /usr usr
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$name"; done
    mount --bind /dev/null dev/tty0
    rootmnt=/live chroot . ${script} && echo goes on > dev/console`,
  ])
  try {
    await expect
      .poll(() => readFileSync(place('dev/console'), 'utf8'), { timeout: 60_000 })
      .toMatch(/Code : .*\n|goes on/)
    return (
      /Code : (.*)|goes on/
        .exec(readFileSync(place('dev/console'), 'utf8'))
        ?.slice(0, 2)
        .reverse()
        .find(Boolean) ?? ''
    )
  } finally {
    await boot.stop('SIGKILL')
  }
}

test('whatever of it was changed or lost on its way, the exam’s scripts refuse to go on', async () => {
  test.setTimeout(300_000)
  const enterRoot = '/amorce/enter-root'
  const init = '/amorce/init'
  const lose = (path: string) => (place: (path: string) => string) => rmSync(place(path))
  const change = (path: string) => (place: (path: string) => string) => {
    const content = readFileSync(place(path))
    content[content.length - 2]! ^= 1
    writeFileSync(place(path), content)
  }
  const cut = (path: string) => (place: (path: string) => string) =>
    writeFileSync(place(path), readFileSync(place(path)).subarray(0, -50))
  expect(await said(enterRoot, () => {})).toBe('goes on')
  for (const path of ['root/etc/amorce/firewall.nft', 'root/usr/lib/amorce/lockdown', 'masked-units', 'refused-words'])
    for (const damage of [change, lose])
      expect(await said(enterRoot, damage(`amorce/${path}`))).toBe(`lock.damaged (${path})`)
  // It reads the command line of this computer's own kernel, whatever that says.
  expect(await said(init, () => {})).not.toContain('lock.damaged')
  expect(await said(init, cut('amorce/sums'))).toBe('lock.damaged (sums)')
  for (const path of ['amorce/sums', 'amorce/refused-words', 'amorce/enter-root'])
    expect(await said(init, lose(path))).toBe('lock.damaged')
})

test('an archive that ends too soon starts no system', async () => {
  test.setTimeout(900_000)
  const { vmlinuz, 'initrd.img': initrd } = await liveSystem()
  const whole = await overlay()
  const folder = temporaryFolder('cut')
  writeFileSync(join(folder, 'vmlinuz'), vmlinuz)
  const aligned = Buffer.concat([initrd, Buffer.alloc((4 - (initrd.length % 4)) % 4)])
  const boots = (name: string, exam: Buffer) => {
    writeFileSync(join(folder, name), Buffer.concat([aligned, exam]))
    const words = [
      ...kernelWords.first,
      'boot=live',
      'console=ttyS0,115200',
      'no_timer_check',
      ...kernelWords.last,
    ].join(' ')
    return new Running('qemu-system-x86_64', [
      ...['-m', '1024', '-nographic', '-no-reboot', '-nodefaults', '-serial', 'stdio', '-accel', 'tcg,tb-size=128'],
      ...['-kernel', join(folder, 'vmlinuz'), '-initrd', join(folder, name), '-append', words],
    ])
  }
  for (const [name, kept, ends] of [
    // Its scripts came, and not all that they lay.
    ['late.img', whole.length - 200, /Code : lock\.damaged/],
    // Nothing that the kernel could start.
    ['early.img', 200, /Kernel panic/],
  ] as const) {
    const pc = boots(name, whole.subarray(0, kept))
    try {
      await pc.waitFor(ends, 400_000)
      expect(pc.said).not.toMatch(/Begin: |systemd\[1\]/)
    } finally {
      await pc.stop('SIGKILL')
    }
  }
})

test('an agent that died while the cable is out is locked when it is back, and opens by the code', async () => {
  const folder = temporaryFolder('agent')
  const place = (path: string): string => join(folder, path)
  for (const [path, { content, mode }] of unpackOverlay(await overlay())) {
    const target = /^amorce\/root\/usr\/(lib\/amorce\/.*)$/.exec(path)?.[1]
    const isRules = path === 'amorce/root/etc/amorce/exam.conf' || path === 'amorce/root/etc/amorce/secret'
    if ((mode & 0o170000) === 0o040000 || (target === undefined && !isRules)) continue
    const file = place(target ?? path.slice('amorce/root/'.length))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode: mode & 0o777 })
  }
  for (const path of ['run/amorce/incidents', 'run/amorce-shown', 'home/Travail', 'bin'])
    mkdirSync(place(path), { recursive: true })
  writeFileSync(place('run/amorce/started'), '')
  writeFileSync(place('run/amorce/state'), 'locked\n')
  writeFileSync(place('run/amorce-shown/bar'), "deadline='99999999'\n")
  writeFileSync(
    place('run/amorce/answer'),
    'ok\ntime 1\nround 1\nsitting running\nseat A1\nremaining 60000\nunlock aa 1 bb\norder 4 powerOff\n',
  )
  writeFileSync(place('run/amorce/screen'), 'nothing yet\n')
  // This computer's clock, services and consoles (perl) stay as they are.
  for (const name of ['date', 'systemctl', 'perl'])
    writeFileSync(place(`bin/${name}`), `#!/bin/sh\necho "${name} $*" >> /run/asked\n`, { mode: 0o755 })
  const state = () => readFileSync(place('run/amorce/state'), 'utf8').trim()
  const agent = new Running('unshare', [
    ...['--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-ec'],
    `mount --bind ${place('run')} /run
    mount -t overlay overlay -o lowerdir=${place('etc')}:/etc /etc
    mount -t overlay overlay -o lowerdir=${place('lib')}:/usr/lib /usr/lib
    PATH=${place('bin')}:$PATH exec sh /usr/lib/amorce/agent`,
  ])
  try {
    const screen = () => readFileSync(place('run/amorce/screen'), 'utf8')
    await agent.waitFor(/recalled what the server said last/, 60_000)
    await expect.poll(screen, { timeout: 30_000 }).toContain('L’agent d’examen a redémarré sans réseau.')
    expect(state()).toBe('locked')
    expect(readFileSync(place('run/amorce/unlock'), 'utf8')).toBe('aa 1 bb\n')
    writeFileSync(place('run/amorce/unlocked-by-code'), '')
    await expect.poll(state, { timeout: 30_000 }).not.toBe('locked')
    // The time goes on from where it was, and no order is obeyed twice.
    expect(readFileSync(place('run/amorce-shown/bar'), 'utf8')).toContain("deadline='99999999'")
    expect(existsSync(place('run/asked')) ? readFileSync(place('run/asked'), 'utf8') : '').not.toMatch(
      /poweroff|date -s/,
    )
  } finally {
    await agent.stop('SIGKILL')
  }
})
