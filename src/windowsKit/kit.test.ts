import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { windowsKitSchema, type WindowsKitInput } from '../contract/index.ts'
import { kitFiles, writeKit } from './index.ts'

const sources = join(process.cwd(), 'resources', 'windows')
const input: WindowsKitInput = {
  ...{ serverAddress: '192.168.60.1', httpPort: 8080, endsAt: Date.UTC(2026, 5, 30, 18) },
  ...{
    user: 'examen',
    kiosk: 'assignedAccess',
    page: '',
    allowedAddresses: ['10.0.0.0/24'],
    denyRemovableStorage: true,
  },
}
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-kit-'))
  return () => rmSync(folder, { recursive: true })
})

describe('the preparation package', () => {
  it('holds every source, the choices as data, and a manifest that vouches for each', async () => {
    const files = await kitFiles(input, sources)
    expect(files.map(({ name }) => name).sort()).toEqual([...readdirSync(sources), 'exam.json', 'manifest.json'].sort())
    const manifest = JSON.parse(files.at(-1)!.content.toString()) as { files: { name: string; sha256: string }[] }
    expect(manifest.files).toEqual(files.slice(0, -1).map(({ name, content }) => ({ name, sha256: sha256(content) })))
    expect(JSON.parse(files.find(({ name }) => name === 'exam.json')!.content.toString())).toEqual({
      ...{ server: 'http://192.168.60.1:8080', serverAddress: '192.168.60.1', page: 'http://192.168.60.1:8080/exam' },
      ...{ user: 'examen', kiosk: 'assignedAccess', endsAt: '2026-06-30T18:00:00.000Z' },
      ...{ allowedAddresses: ['10.0.0.0/24'], denyRemovableStorage: true },
    })
  })

  it('is one zip, the same for the same choices, with the hash to check it by', async () => {
    const [first, second] = [join(folder, 'a.zip'), join(folder, 'b.zip')]
    const made = await writeKit(input, sources, first)
    await writeKit(input, sources, second)
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
    expect(readFileSync(first).subarray(0, 2).toString()).toBe('PK')
    expect(made).toEqual({ file: first, manifestHash: sha256((await kitFiles(input, sources)).at(-1)!.content) })
  })

  it('leaves nothing behind where it cannot be written', async () => {
    const target = join(folder, 'missing', 'kit.zip')
    await expect(writeKit(input, sources, target)).rejects.toMatchObject({ code: 'file.notWritten' })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    { user: 'exam user' },
    { user: 'a'.repeat(21) },
    { page: 'javascript:alert(1)' },
    { page: 'https://x/" --no-kiosk' },
    { page: 'https://x/%TEMP%' },
    { allowedAddresses: ['0.0.0.0/0'] },
    { allowedAddresses: ['any'] },
    { serverAddress: 'server' },
  ])('is not made of %j', (changes) => {
    expect(windowsKitSchema.safeParse({ ...input, ...changes }).success).toBe(false)
  })
})
