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
 * A package of `resources/boot-loaders.json`, which the app reads too: what is pinned and how to know it.
 * @typedef {object} LoaderPackage
 * @property {string} name
 * @property {string} version the Debian package's version
 * @property {string} homepage
 * @property {string} licence as an SPDX expression, of the loaders as a whole
 * @property {string} licenceFile where its text is laid, below the boot folder
 * @property {string} commonLicence its text among Debian's common licences
 * @property {string} debianPackage
 * @property {boolean} [optional] Debian replaces it now and then, and what it is for can be done without
 * @property {{ name: string, packagePath: string, size: number, sha256: string }[]} files
 */

/** Where the loaders are: fetched, never committed. */
export const bootFolder = join(projectRoot, 'resources', 'boot')

/** @type {{ packages: LoaderPackage[] }} */
const manifest = JSON.parse(readFileSync(join(projectRoot, 'resources', 'boot-loaders.json'), 'utf8'))

/**
 * Makes sure that every pinned boot loader is in `resources/boot/` with the pinned hash, and its licence beside it.
 * Needs no network when they already are. They come from the folder AMORCE_LOADERS_FROM when it is set, else from
 * Debian's packages by their names. An optional one that cannot be had is said, and done without.
 * @returns {Promise<string[]>} the names of those that had to be fetched
 */
export async function ensureBootFiles() {
  /** @type {string[]} */
  const fetched = []
  for (const loaders of manifest.packages) {
    try {
      fetched.push(...(await ensurePackage(loaders)))
    } catch (error) {
      if (!loaders.optional) throw error
      say(`${loaders.name} is done without: ${error instanceof Error ? error.message : error}`)
    }
  }
  return fetched
}

/** @type {(loaders: LoaderPackage) => Promise<string[]>} */
async function ensurePackage(loaders) {
  const wanted = loaders.files.filter((file) => !isPinned(join(bootFolder, file.name), file))
  if (wanted.length === 0 && existsSync(join(bootFolder, loaders.licenceFile))) return []

  const givenFolder = process.env.AMORCE_LOADERS_FROM
  if (givenFolder) {
    lay(loaders, wanted, (file) => join(givenFolder, file.name), givenFolder)
    layLicence(loaders, [join(givenFolder, loaders.licenceFile), join(givenFolder, 'copyright')])
  } else {
    const work = mkdtempSync(join(tmpdir(), 'amorce-loaders-'))
    try {
      const unpacked = await unpackDebianPackage(loaders, work)
      lay(loaders, wanted, (file) => join(unpacked, file.packagePath), `the package ${loaders.debianPackage}`)
      layLicence(loaders, [join(unpacked, 'usr', 'share', 'doc', loaders.debianPackage, 'copyright')])
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  return wanted.map((file) => file.name)
}

/** @type {(path: string, file: LoaderPackage['files'][number]) => boolean} */
function isPinned(path, { size, sha256 }) {
  if (!existsSync(path) || statSync(path).size !== size) return false
  return createHash('sha256').update(readFileSync(path)).digest('hex') === sha256
}

/**
 * @param {LoaderPackage} loaders
 * @param {LoaderPackage['files']} files
 * @param {(file: LoaderPackage['files'][number]) => string} sourceOf
 * @param {string} from as shown in an error
 */
function lay(loaders, files, sourceOf, from) {
  for (const file of files) {
    if (!isPinned(sourceOf(file), file))
      throw new Error(`${file.name} from ${from} is missing or is not that of ${loaders.name} ${loaders.version}`)
  }
  mkdirSync(bootFolder, { recursive: true })
  for (const file of files) {
    const unfinished = join(bootFolder, `.${file.name}.${process.pid}`)
    copyFileSync(sourceOf(file), unfinished)
    renameSync(unfinished, join(bootFolder, file.name))
  }
}

/**
 * @param {LoaderPackage} loaders
 * @param {string[]} candidates where the package's own account of its licences may be
 */
function layLicence(loaders, candidates) {
  const account = candidates.find((path) => existsSync(path))
  const common = `/usr/share/common-licenses/${loaders.commonLicence}`
  const target = join(bootFolder, loaders.licenceFile)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(
    target,
    [
      `${loaders.name} ${loaders.version}, ${loaders.licence}. Its sources: ${loaders.homepage}, and Debian's source package of ${loaders.debianPackage}.`,
      account ? readFileSync(account, 'utf8') : '',
      existsSync(common)
        ? readFileSync(common, 'utf8')
        : `The licence text: https://spdx.org/licenses/${loaders.licence}.html`,
    ].join('\n\n'),
  )
}

/**
 * Fetches the package by its name, without installing it.
 * @param {LoaderPackage} loaders
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder of its unpacked content
 */
async function unpackDebianPackage({ name, debianPackage, version }, work) {
  if (process.platform !== 'linux' || !(await ensureSystemPackages('unpack')))
    throw new Error(`no Debian package tools here: put ${name}'s files in a folder and set AMORCE_LOADERS_FROM to it`)
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
      ? `boot loaders fetched and checked: ${fetched.join(' ')}`
      : `the boot loaders of ${manifest.packages.map(({ name, version }) => `${name} ${version}`).join(', ')} are checked`,
  )
}
