import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from '@playwright/test'
import { presetRules } from '../../src/contract/index.ts'
import { overlayFor, readOverlaySources } from '../../src/overlay/index.ts'
import { overlayFolder, unpackOverlay } from '../../src/overlay/testing.ts'
import { makeLiveSystem } from '../../tools/liveSystem.mjs'
import { run, Running } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary.ts'

// The reference image takes too long to be made for each change: here are its refusals, its cancelling, and the candidate's
// session that it shows, with the window manager, the bar and the browser that it is made of.

test('what cannot be made is refused before anything is fetched', async () => {
  const out = temporaryFolder('exam-image')
  const make = async (...args: string[]) => {
    const { code, stderr } = await run(process.execPath, ['tools/examImage.mjs', '--out', out, ...args])
    return { code, said: stderr.split('\n')[0] }
  }
  expect(await make('--browser', 'lynx')).toEqual({ code: 1, said: expect.stringContaining('usage:') })
  expect(await make('--with', 'games')).toEqual({ code: 1, said: 'amorce: no such option: games' })
  expect(await make('--pin', 'nowhere.txt')).toEqual({ code: 1, said: 'amorce: no such file: nowhere.txt' })
  writeFileSync(join(out, 'pin.txt'), 'chromium\n')
  expect(await make('--pin', join(out, 'pin.txt'))).toEqual({
    code: 1,
    said: expect.stringContaining('names no package and version: chromium'),
  })
  const nobody = await run('setpriv', [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    process.execPath,
    '-e',
    asRoot,
  ])
  expect(nobody.stderr).toContain('an exam image is made as root')
  expect(readdirSync(out)).toEqual(['pin.txt'])
})

const asRoot = `import(${JSON.stringify(join(process.cwd(), 'tools/examImage.mjs'))})
  .then(({ examImage }) => examImage([])).catch((error) => { console.error(error.message); process.exit(1) })`

test('a live system that is cancelled half-way leaves no process, no mount and nothing in its folder', async () => {
  test.setTimeout(600_000)
  const folder = temporaryFolder('cancelled')
  const cancel = new AbortController()
  const seen: string[] = []
  const made = makeLiveSystem({ suite: 'bookworm', packages: [], date: 1_735_689_600 }, folder, {
    signal: cancel.signal,
    onProgress({ name, percent = 0 }) {
      seen.push(name)
      if (name === 'packages' && percent >= 5) cancel.abort(new Error('enough'))
    },
  })
  await expect(made).rejects.toThrow('enough')
  expect([...new Set(seen)]).toEqual(['base', 'packages'])
  expect(readdirSync(folder)).toEqual([])
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder)
  const { stdout } = await run('ps', ['-eo', 'args'])
  expect(stdout).not.toContain(folder)
})

test('the session of a candidate: the exam’s page below the bar with name and time', async () => {
  test.setTimeout(300_000)
  const asked: string[] = []
  const web = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('Content-Type', 'text/html')
    // A page whose first line is of another colour: it must not be under the bar.
    response.end('<body style="margin:0;background:#00ff00"><div style="height:8px;background:#ff0000">')
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const serverUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  const overlay = overlayFor(
    await readOverlaySources(overlayFolder),
    { ...presetRules.web, kiosk: 'exam' },
    {
      ...{ serverUrl, serverAddress: '127.0.0.1', serverPorts: [1], mac: '52:54:00:00:00:0a' },
      ...{ token: 'ab'.repeat(32), pageKey: 'cd'.repeat(16) },
    },
  )
  const folder = temporaryFolder('kiosk')
  chmodSync(folder, 0o755)
  for (const [path, { content, mode }] of unpackOverlay(overlay)) {
    if (!path.startsWith('amorce/root/') || (mode & 0o170000) === 0o040000) continue
    const target = join(folder, path.slice('amorce/root/'.length))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content, { mode: mode & 0o777 })
  }
  // Chromium's own sandbox wants what a container may not have.
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'chromium'), '#!/bin/sh\nexec /usr/bin/chromium --no-sandbox "$@"\n', { mode: 0o755 })
  const bar = ["candidate='Éva Noël'", "seat='A1'", 'deadline=99999999', "standing=''", "message='Bonjour'"]
  writeFileSync(join(folder, 'bar'), `${bar.join('\n')}\n`)

  const frame = temporaryFolder('frame')
  // It chooses a number that is free, and says it; whoever is on this computer may show a window.
  const x = new Running('Xvfb', ['-displayfd', '1', '-ac', '-noreset', '-screen', '0', '1024x768x24', '-fbdir', frame])
  const display = `:${(await x.waitFor(/^(\d+)\n/m, 30_000))[1]}`
  const session = new Running('unshare', [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-ec',
    laid(folder, display),
  ])
  try {
    const pixel = (px: number, py: number) => pixelOf(frameOf(frame), px, py)
    // The page begins where the bar ends, and goes to the edges.
    await expect
      .poll(() => [pixel(2, 2), pixel(2, 27), pixel(2, 28), pixel(2, 35), pixel(2, 36), pixel(1021, 767)], {
        timeout: 240_000,
      })
      .toEqual(['#312e81', '#312e81', '#ff0000', '#ff0000', '#00ff00', '#00ff00'])
    expect(asked).toContain(`/exam?key=${'cd'.repeat(16)}`)
    // Words: white, in the middle of the bar.
    const middle = Array.from({ length: 400 }, (_, index) => pixel(312 + index, 14))
    expect(middle).toContain('#ffffff')
  } finally {
    await session.stop('SIGKILL')
    await x.stop()
    web.close()
  }
})

/**
 * Lays the overlay over this computer's folders, for this one process, and starts the session as a candidate. The shell stays:
 * it ends with its parent, and with it all that it started.
 */
const laid = (folder: string, display: string): string => `
  mount -t overlay overlay -o lowerdir=${folder}/etc:/etc /etc
  mount -t overlay overlay -o lowerdir=${folder}/usr/lib:/usr/lib /usr/lib
  mount -t tmpfs tmpfs /run
  mkdir -p /run/amorce-shown /run/home/Travail
  cp ${folder}/bar /run/amorce-shown/bar
  chown -R 65534:65534 /run/home
  cd /run/home/Travail
  env -i PATH=${folder}/bin:/usr/bin:/bin HOME=/run/home LANG=C.UTF-8 DISPLAY=${display} \\
    setpriv --reuid=65534 --regid=65534 --clear-groups /usr/lib/amorce/session
  exit 1
`

/** Nothing until Xvfb is there. */
function frameOf(folder: string): Buffer {
  const file = join(folder, 'Xvfb_screen0')
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
}

/** Of what Xvfb writes: the dump format of xwd, big-endian words of a header, then colours, then 32 bits for each pixel. */
function pixelOf(dump: Buffer, x: number, y: number): string {
  if (dump.length < 100) return ''
  const word = (index: number): number => dump.readUInt32BE(index * 4)
  const [headerSize, bytesPerLine, colours] = [word(0), word(12), word(19)]
  const at = headerSize + colours * 12 + y * bytesPerLine + x * 4
  return at + 4 > dump.length ? '' : `#${(dump.readUInt32LE(at) & 0xffffff).toString(16).padStart(6, '0')}`
}
