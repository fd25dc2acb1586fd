import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JournalEntry } from '../contract/index.ts'
import { PacketJournal, type Journal } from '../diagnosis/index.ts'
import { bundleFiles, writeBundle, type BundleSources } from './supportBundle.ts'

const mac = '52:54:00:12:34:56'
const entry = {
  ...{ id: 1, at: 0, mac },
  event: {
    type: 'agent.incident',
    at: 0,
    mac,
    client: '192.168.60.50',
    incident: 'usbPlugged',
    text: 'stick of Élise',
  },
} satisfies JournalEntry
const sources: BundleSources = {
  info: { version: '0.1.0', electron: '', platform: 'linux', demo: false, practice: false, hasKeyring: false },
  language: 'fr',
  view: { seq: 1, full: true, machines: [] },
  selfTest: null,
  journal: { list: () => [entry] } as unknown as Journal,
  packets: new PacketJournal({
    ports: () => ({ dhcp: 67, dhcpClient: 68, tftp: 69, http: 80 }),
    macOf: () => undefined,
  }),
  names: ['Élise'],
  keepsMacs: false,
  now: 0,
}

it('is a page that names every other file, and the files', () => {
  const files = bundleFiles(sources)
  const page = files['LISEZMOI.txt']?.toString() ?? ''
  for (const name of Object.keys(files)) expect(page).toContain(name)
  expect(page).not.toContain('entières')
  expect(files['journal.json']?.toString()).toContain('usbPlugged')
  expect(Object.keys(bundleFiles({ ...sources, language: 'en' }))).toContain('README.txt')
})

it('names nobody, and keeps MACs only when that was asked', () => {
  const said = (changes: Partial<BundleSources>): string =>
    Object.values(bundleFiles({ ...sources, ...changes })).join('\n')
  expect(said({})).not.toMatch(/lise|12:34:56/)
  expect(said({ keepsMacs: true })).toContain(mac)
  expect(said({ keepsMacs: true })).toContain('entières')
  expect(said({ keepsMacs: true })).not.toContain('lise')
})

it('is written whole, or not at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-bundle-'))
  const path = join(folder, 'support.zip')
  await writeBundle(path, bundleFiles(sources))
  const bytes = readFileSync(path)
  expect(bytes.subarray(0, 2).toString()).toBe('PK')
  for (const name of Object.keys(bundleFiles(sources))) expect(bytes.includes(name)).toBe(true)
  await expect(writeBundle(join(folder, 'absent', 'x.zip'), {})).rejects.toMatchObject({ code: 'file.notWritten' })
  rmSync(folder, { recursive: true })
})
