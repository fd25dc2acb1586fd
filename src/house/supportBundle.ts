import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { arch, release } from 'node:os'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { CodedError, type AppInfo, type Language, type ViewUpdate } from '../contract/index.ts'
import { Mask, type Journal, type PacketJournal } from '../diagnosis/index.ts'

const newestEntries = 5_000

export interface BundleSources {
  info: Omit<AppInfo, 'dataFolder'>
  language: Language
  view: ViewUpdate
  selfTest: unknown
  journal: Journal
  packets: PacketJournal
  /** Of candidates, technicians and rooms: masked wherever they stand. */
  names: readonly string[]
  keepsMacs: boolean
  now: number
}

/** What each file is for, in the order of the archive. */
const contents = {
  fr: {
    'LISEZMOI.txt': 'cette page',
    'versions.json': 'version d’Amorce, d’Electron et du système',
    'checks.json': 'les dernières vérifications avant départ et le dernier autotest',
    'settings.json': 'les réglages, les cartes réseau et les services ; aucun mot de passe',
    'machines.json': 'les postes vus, avec ce qui les arrête et ce qui le montre',
    'journal.json': `les ${newestEntries} derniers événements du journal`,
    'packets.pcapng': 'les paquets de l’examen, à ouvrir avec Wireshark',
  },
  en: {
    'README.txt': 'this page',
    'versions.json': 'version of Amorce, of Electron and of the system',
    'checks.json': 'the last checks before a start and the last self-test',
    'settings.json': 'the settings, the network cards and the services; no password',
    'machines.json': 'the machines seen, with what stops them and what shows it',
    'journal.json': `the newest ${newestEntries} events of the journal`,
    'packets.pcapng': 'the packets of the exam, to be opened in Wireshark',
  },
} as const

const masked = {
  fr: 'Masqué partout : la fin des adresses MAC, les UUID, les adresses de courriel, les textes libres, les noms de machines, de salles et de personnes, les numéros de série et d’inventaire, les dossiers personnels. Un même poste garde le même masque dans toute l’archive. Les adresses IP restent. Rien n’est envoyé : vous choisissez à qui donner ce fichier.',
  en: 'Masked everywhere: the end of MAC addresses, UUIDs, e-mail addresses, free text, names of machines, rooms and people, serial numbers and asset tags, personal folders. One machine keeps one mask throughout the archive. IP addresses stay. Nothing is sent: you choose whom to give this file to.',
} as const

const macsKept = {
  fr: 'Les adresses MAC y sont entières, comme demandé.',
  en: 'MAC addresses are whole in it, as was asked.',
} as const

/** Every file of the archive, by its name. */
export function bundleFiles(sources: BundleSources): Record<string, Buffer> {
  const { info, language, view, selfTest, journal, packets, now } = sources
  const mask = new Mask({ names: sources.names, keepsMacs: sources.keepsMacs })
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(mask.value(value), null, 2))
  const names = contents[language]
  const page = [
    `Amorce ${info.version}, ${new Date(now).toISOString()}`,
    '',
    ...Object.entries(names).map(([name, what]) => `${name}: ${what}`),
    '',
    masked[language],
    ...(sources.keepsMacs ? [macsKept[language]] : []),
    '',
  ].join('\r\n')
  const entries = journal.list({ groups: [], mac: '', search: '', before: 0, limit: newestEntries })
  return {
    [Object.keys(names)[0] ?? 'README.txt']: Buffer.from(page),
    'versions.json': json({ ...info, node: process.versions.node, release: release(), arch: arch() }),
    'checks.json': json({ preflight: view.preflight, selfTest }),
    'settings.json': json({
      settings: view.settings,
      nics: view.nics?.map(({ name, ...nic }) => ({ device: name, ...nic })),
      services: view.services,
    }),
    'machines.json': json({ machines: view.machines, roomTroubles: view.roomTroubles }),
    'journal.json': json(entries),
    'packets.pcapng': packets.pcapng({ protocols: [], mac: '', search: '', unheardOnly: false }, (frame) =>
      mask.frame(frame),
    ),
  }
}

/** Writes the archive; nothing is left behind when that fails. @throws CodedError `file.notWritten` */
export async function writeBundle(path: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  const zip = new ZipFile()
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(bytes, name)
  zip.end()
  try {
    await pipeline(zip.outputStream, createWriteStream(path))
  } catch (error) {
    await rm(path, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
  }
}
