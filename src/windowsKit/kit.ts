import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { CodedError, type WindowsKitInput, type WindowsKitView } from '../contract/index.ts'

/** What every package holds beside its configuration and its manifest, below `resources/windows/`. */
export const kitSources = [
  'AmorceExam.psm1',
  'Agent.ps1',
  'Install.ps1',
  'Undo.ps1',
  'assignedAccess.xml',
  'shellLauncher.xml',
  'deploy.cmd',
] as const

/** Everything in a package, in its order. */
export const kitNames = [...kitSources, 'exam.json', 'manifest.json'] as const

/** What has a package laid into a Windows, and taken back, from Windows PE. */
export const deployName = 'deploy.cmd' satisfies (typeof kitNames)[number]

export interface KitFile {
  name: string
  content: Buffer
}

/** Zip times are local: a fixed one makes the same package of the same choices, whoever packs it. */
const packedAt = new Date(2020, 0, 1)

/**
 * The files of a preparation package, the manifest last. Amorce's sources are the same in every package: what a technician chose
 * is in `exam.json` alone, as data.
 * @param folder where the sources are
 * @throws CodedError `content.unreadable` when the app's own sources cannot be read
 */
export async function kitFiles(input: WindowsKitInput, folder: string): Promise<KitFile[]> {
  const files: KitFile[] = []
  for (const name of kitSources) files.push({ name, content: withCrLf(await sourceOf(folder, name)) })
  files.push({ name: 'exam.json', content: json(configOf(input)) })
  const listed = files.map(({ name, content }) => ({ name, sha256: sha256(content) }))
  return [...files, { name: 'manifest.json', content: json({ files: listed }) }]
}

/** The batch file alone, for Windows PE to take a package back with. @throws CodedError `content.unreadable` */
export const readDeploy = async (folder: string): Promise<Buffer> => withCrLf(await sourceOf(folder, deployName))

/**
 * Writes the package; it appears whole or not at all.
 * @throws CodedError `file.notWritten`, `content.unreadable`
 */
export async function writeKit(input: WindowsKitInput, folder: string, target: string): Promise<WindowsKitView> {
  const files = await kitFiles(input, folder)
  const temporary = `${target}.part`
  try {
    const zip = new yazl.ZipFile()
    for (const { name, content } of files) zip.addBuffer(content, name, { mtime: packedAt })
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(temporary))
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('file.notWritten', reason, { file: basename(target), reason })
  }
  return { file: target, manifestHash: manifestHashOf(files) }
}

/** What vouches for every other file of a package. */
export const manifestHashOf = (files: readonly KitFile[]): string => sha256(files.at(-1)!.content)

/** What the scripts read. */
function configOf({ serverAddress, httpPort, endsAt, ...rest }: WindowsKitInput): Record<string, unknown> {
  const server = `http://${serverAddress}:${httpPort}`
  return {
    ...rest,
    ...{ server, serverAddress, endsAt: new Date(endsAt).toISOString() },
    page: rest.page === '' ? `${server}/exam` : rest.page,
  }
}

async function sourceOf(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('content.unreadable', reason, { path: name, reason })
  }
}

/** As Windows writes its text files: a batch file with single line feeds loses its labels. */
const withCrLf = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'utf8')

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`, 'utf8')

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
