import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { makeLiveSystem } from './liveSystem.mjs'
import { die, projectRoot, say } from './run.mjs'
import { ensureSystemPackages, isRoot } from './systemPackages.mjs'

// npm run exam-image: a French live exam system out of Debian packages, for a school that has no ISO.

/** Of Debian 12; a browser, an editor, and what shows them. */
const packages = {
  screen: [
    ...['xserver-xorg-core', 'xserver-xorg-legacy', 'xserver-xorg-input-libinput', 'xserver-xorg-video-vesa'],
    ...['xserver-xorg-video-fbdev', 'xserver-xorg-video-qxl', 'xinit', 'x11-xserver-utils', 'x11-xkb-utils', 'openbox'],
    ...['dzen2', 'libgl1-mesa-dri', 'fonts-dejavu-core', 'fonts-liberation2', 'xfonts-base'],
  ],
  chromium: ['chromium', 'chromium-sandbox', 'chromium-l10n'],
  firefox: ['firefox-esr', 'firefox-esr-l10n-fr'],
  system: ['locales', 'python3-minimal', 'openssl', 'systemd'],
  editor: ['geany', 'xterm', 'evince'],
  compilers: ['gcc', 'g++', 'make', 'gdb', 'libc6-dev', 'python3', 'default-jdk-headless'],
  office: ['libreoffice-writer', 'libreoffice-calc', 'libreoffice-l10n-fr', 'libreoffice-gtk3'],
  firmware: ['firmware-linux-free'],
}

/** Kernel parts that no PC of an exam has a use for. */
const without = [
  ...['media', 'infiniband', 'isdn', 'staging', 'iio', 'net/wireless', 'net/can', 'bluetooth', 'mtd', 'target', 'nfc'],
  ...['comedi', 'w1', 'hwmon', 'net/wwan', 'net/ethernet/mellanox', 'net/ethernet/chelsio', 'gpu/drm/nouveau'],
]
  .map((folder) => `/lib/modules/*/kernel/drivers/${folder}/*`)
  .concat(
    ['fs/ocfs2', 'fs/gfs2', 'fs/ceph', 'fs/cifs', 'fs/nfs', 'fs/xfs', 'fs/btrfs', 'fs/jfs', 'net/wireless'].map(
      (folder) => `/lib/modules/*/kernel/${folder}/*`,
    ),
    ['sound/soc', 'net/bluetooth', 'net/mac80211'].map((folder) => `/lib/modules/*/kernel/${folder}/*`),
  )
  // The French and the English of what has words; dpkg takes the paths in order.
  .concat(['/usr/share/locale/[!ef]*', '/usr/share/locale/e[!n]*', '/usr/share/locale/f[!r]*', '/usr/share/help/*'])

const files = {
  'etc/default/locale': 'LANG=fr_FR.UTF-8\n',
  'etc/locale.gen': 'fr_FR.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n',
  'etc/default/keyboard': 'XKBMODEL="pc105"\nXKBLAYOUT="fr"\nXKBVARIANT=""\nXKBOPTIONS=""\n',
  'etc/timezone': 'Europe/Paris\n',
  'etc/hostname': 'examen\n',
  // live-boot writes there, and complains on the screen where it cannot.
  'etc/network/interfaces': '',
  // X runs as the candidate, on the console that systemd gave the session.
  'etc/X11/Xwrapper.config': 'allowed_users=anybody\nneeds_root_rights=no\n',
}
const commands = ['locale-gen', 'ln -sf /usr/share/zoneinfo/Europe/Paris /etc/localtime', 'passwd --lock root']

const usage = `usage: npm run exam-image -- [options]
  --out FOLDER       where it goes (dist/exam-image)
  --browser NAME     chromium (default) or firefox
  --with LIST        compilers, office: separated by commas
  --packages LIST    more Debian packages
  --mirror ADDRESS   where packages come from; that of a Debian snapshot makes the same system again
  --pin FILE         the packages.txt of an earlier image: each package in the version that is written there
  --date SECONDS     of every file in it (SOURCE_DATE_EPOCH)`

/** @param {string[]} args */
export async function examImage(args) {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: join(projectRoot, 'dist', 'exam-image') },
      browser: { type: 'string', default: 'chromium' },
      with: { type: 'string', default: '' },
      packages: { type: 'string', default: '' },
      mirror: { type: 'string' },
      pin: { type: 'string' },
      date: { type: 'string', default: process.env.SOURCE_DATE_EPOCH ?? '1735689600' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say(usage)
  if (process.platform !== 'linux') throw new Error('an exam image is made on Linux: Debian or Ubuntu')
  if (!isRoot()) throw new Error('an exam image is made as root: packages are installed into a folder of their own')
  const { browser } = values
  if (browser !== 'chromium' && browser !== 'firefox') throw new Error(usage)
  const options = listOf(values.with)
  const unknown = options.filter((option) => option !== 'compilers' && option !== 'office')
  if (unknown.length > 0) throw new Error(`no such option: ${unknown.join(', ')}\n${usage}`)
  const date = Number(values.date)
  if (!Number.isSafeInteger(date) || date < 0) throw new Error(usage)

  const wanted = [
    ...packages.screen,
    ...packages[browser],
    ...packages.system,
    ...packages.editor,
    ...packages.firmware,
    ...options.flatMap((option) => packages[/** @type {'compilers' | 'office'} */ (option)]),
    ...listOf(values.packages),
    ...(values.pin === undefined ? [] : pinned(values.pin)),
  ]
  if (!(await ensureSystemPackages('image'))) throw new Error('mmdebstrap and squashfs-tools are needed')
  const out = resolve(values.out)
  const cancel = new AbortController()
  const progress = process.stderr.isTTY ? progressLine(process.stderr) : progressLines()
  // Every time: whoever presses Ctrl-C twice must not stop what puts things away.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => {
      if (cancel.signal.aborted) return
      progress.end()
      say('cancelling: what was begun is being removed')
      cancel.abort(new Error('cancelled; packages that were fetched are kept for the next time'))
    })
  say(`making an exam image of Debian 12 in ${out}: ${wanted.length} packages and what they need`)
  const made = await makeLiveSystem(
    { suite: 'bookworm', packages: wanted, without, files, commands, mirror: values.mirror, date, compression: 'xz' },
    out,
    { onProgress: progress.tell, signal: cancel.signal },
  ).finally(progress.end)
  const total = made.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { name, bytes } of made) say(`${name}: ${megabytes(bytes)}`)
  say(
    `${megabytes(total)} in all; packages.txt has the version of each package, SHA256SUMS what the files are known by`,
  )
  if (total > largest)
    throw new Error(`more than the ${megabytes(largest)} that it may have: leave out what is not needed`)
  say('Next, in Amorce: Settings, Boot profiles, Add a system…, Choose a folder, and this one:')
  say(`  ${out}`)
}

/** Of the three files together: what twenty PCs fetch at once in a few minutes, and hold in memory. */
const largest = 700e6

const stepNames = {
  base: 'the base system',
  packages: 'fetching, unpacking and setting up packages',
  initrd: 'making the initrd',
  squashfs: 'packing the system',
  sums: 'reading it again',
}

/** @typedef {import('./liveSystem.mjs').Progress} Progress */

const minutes = (/** @type {number} */ since) => {
  const seconds = Math.round((Date.now() - since) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** For a log: a line for each step, and for each tenth of a step that knows how much of it is done. */
function progressLines() {
  const started = Date.now()
  let last = ''
  return {
    tell(/** @type {Progress} */ { step, steps, name, percent }) {
      const tenth = percent === undefined ? '' : ` ${Math.floor(percent / 10) * 10}%`
      const line = `[${step}/${steps}] ${stepNames[name]}${tenth}`
      if (line === last) return
      last = line
      say(`${line} (${minutes(started)})`)
    },
    end() {},
  }
}

/**
 * For a terminal: one line that is written over, and whose clock runs while a step has nothing to tell; a step that is done
 * stays above it.
 * @param {NodeJS.WriteStream} terminal
 */
function progressLine(terminal) {
  const started = Date.now()
  let stepStarted = started
  /** @type {Progress | undefined} */
  let shown
  let isOver = false
  const text = (/** @type {Progress} */ { step, steps, name, percent }) =>
    `amorce: [${step}/${steps}] ${stepNames[name]}${percent === undefined ? '' : ` ${percent}%`}`
  const draw = (/** @type {string} */ rest, end = '') => {
    if (shown) terminal.write(`\r\x1b[K${`${text(shown)} (${rest})`.slice(0, (terminal.columns || 80) - 1)}${end}`)
  }
  const clock = setInterval(() => draw(minutes(started)), 1000)
  return {
    tell(/** @type {Progress} */ progress) {
      // What a program that is being stopped still says.
      if (isOver) return
      if (shown && shown.step !== progress.step) {
        shown = { ...shown, ...(shown.percent === undefined ? {} : { percent: 100 }) }
        draw(minutes(stepStarted), '\n')
        stepStarted = Date.now()
      }
      shown = progress
      draw(minutes(started))
    },
    end() {
      clearInterval(clock)
      if (!isOver) draw(minutes(stepStarted), '\n')
      isOver = true
    },
  }
}

const megabytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1e6)} MB`

const listOf = (/** @type {string} */ text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

/** @param {string} file */
function pinned(file) {
  if (!existsSync(file)) throw new Error(`no such file: ${file}`)
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const wrong = lines.find((line) => !/^[a-z0-9][a-z0-9+.-]+=[\w.+:~-]+$/.test(line))
  if (wrong !== undefined) throw new Error(`${file} has a line that names no package and version: ${wrong}`)
  return lines
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await examImage(process.argv.slice(2)).catch(die)
