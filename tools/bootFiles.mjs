import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { die, mustRun, projectRoot, run, say } from './run.mjs'
import { ensureSystemPackages, isRoot, updateApt } from './systemPackages.mjs'

/**
 * `resources/boot-loaders.json`, which the app reads too: what is pinned and how to know it.
 * @typedef {object} LoaderManifest
 * @property {string} name
 * @property {string} version the Debian package's version
 * @property {string} homepage
 * @property {string} licence as an SPDX expression, of the loaders as a whole
 * @property {string} licenceFile where its text is laid, below the boot folder
 * @property {string} debianPackage
 * @property {{ name: string, packagePath: string, size: number, sha256: string }[]} files
 */

/** Where the loaders are: fetched, never committed. */
export const bootFolder = join(projectRoot, 'resources', 'boot')

/** @type {LoaderManifest} */
const manifest = JSON.parse(readFileSync(join(projectRoot, 'resources', 'boot-loaders.json'), 'utf8'))

/**
 * Makes sure that every pinned boot loader is in `resources/boot/` with the pinned hash, and its licence beside it.
 * Needs no network when they already are. They come from the folder AMORCE_LOADERS_FROM when it is set, else from
 * Debian's package by its name.
 * @returns {Promise<string[]>} the names of those that had to be fetched
 */
export async function ensureBootFiles() {
  const wanted = manifest.files.filter((file) => !isPinned(join(bootFolder, file.name), file))
  if (wanted.length === 0 && existsSync(join(bootFolder, manifest.licenceFile))) return []

  const givenFolder = process.env.AMORCE_LOADERS_FROM
  if (givenFolder) {
    lay(wanted, (file) => join(givenFolder, file.name), givenFolder)
    layLicence([join(givenFolder, manifest.licenceFile), join(givenFolder, 'copyright')])
  } else {
    const work = mkdtempSync(join(tmpdir(), 'amorce-loaders-'))
    try {
      const unpacked = await unpackDebianPackage(work)
      lay(wanted, (file) => join(unpacked, file.packagePath), `the package ${manifest.debianPackage}`)
      layLicence([join(unpacked, 'usr', 'share', 'doc', manifest.debianPackage, 'copyright')])
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  return wanted.map((file) => file.name)
}

/** @type {(path: string, file: LoaderManifest['files'][number]) => boolean} */
function isPinned(path, { size, sha256 }) {
  if (!existsSync(path) || statSync(path).size !== size) return false
  return createHash('sha256').update(readFileSync(path)).digest('hex') === sha256
}

/**
 * @param {LoaderManifest['files']} files
 * @param {(file: LoaderManifest['files'][number]) => string} sourceOf
 * @param {string} from as shown in an error
 */
function lay(files, sourceOf, from) {
  for (const file of files) {
    if (!isPinned(sourceOf(file), file))
      throw new Error(`${file.name} from ${from} is missing or is not that of ${manifest.name} ${manifest.version}`)
  }
  mkdirSync(bootFolder, { recursive: true })
  for (const file of files) {
    const unfinished = join(bootFolder, `.${file.name}.${process.pid}`)
    copyFileSync(sourceOf(file), unfinished)
    renameSync(unfinished, join(bootFolder, file.name))
  }
}

/** @param {string[]} candidates where the package's own account of its licences may be */
function layLicence(candidates) {
  const account = candidates.find((path) => existsSync(path))
  const gpl = '/usr/share/common-licenses/GPL-2'
  const target = join(bootFolder, manifest.licenceFile)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(
    target,
    [
      `${manifest.name} ${manifest.version}, ${manifest.licence}. Its sources: ${manifest.homepage}, and Debian's source package ${manifest.debianPackage}.`,
      account ? readFileSync(account, 'utf8') : '',
      existsSync(gpl)
        ? readFileSync(gpl, 'utf8')
        : 'The licence text: https://www.gnu.org/licenses/old-licenses/gpl-2.0.txt',
    ].join('\n\n'),
  )
}

/**
 * Fetches the package by its name, without installing it.
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder of its unpacked content
 */
async function unpackDebianPackage(work) {
  if (process.platform !== 'linux' || !(await ensureSystemPackages('unpack')))
    throw new Error(
      `no Debian package tools here: put ${manifest.name}'s files in a folder and set AMORCE_LOADERS_FROM to it`,
    )
  const { debianPackage, version } = manifest
  const download = () => run('apt-get', ['download', '-q', `${debianPackage}=${version}`], { cwd: work })
  let downloaded = await download()
  if (downloaded.code !== 0 && isRoot()) {
    await updateApt()
    downloaded = await download()
  }
  if (downloaded.code !== 0)
    throw new Error(
      `${debianPackage} ${version} cannot be had from apt here (${downloaded.output.trim().split('\n').at(-1)}): ` +
        `put its files in a folder and set AMORCE_LOADERS_FROM to it`,
    )
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'))
  if (!archive) throw new Error(`apt-get download ${debianPackage} left no package`)
  const unpacked = join(work, 'unpacked')
  await mustRun('dpkg', ['-x', join(work, archive), unpacked])
  return unpacked
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const fetched = await ensureBootFiles().catch(die)
  say(
    fetched.length > 0
      ? `${manifest.name} ${manifest.version} fetched and checked: ${fetched.join(' ')}`
      : `${manifest.name} ${manifest.version} is there, checked`,
  )
}
