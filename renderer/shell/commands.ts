import { foundIcon, machineIcon, type Icon } from '../components/icons.ts'
import CircleHelp from '@lucide/svelte/icons/circle-question-mark'
import ClipboardCheck from '@lucide/svelte/icons/clipboard-check'
import FileUp from '@lucide/svelte/icons/file-up'
import QrCode from '@lucide/svelte/icons/qr-code'
import MapPin from '@lucide/svelte/icons/map-pin'
import Moon from '@lucide/svelte/icons/moon'
import Play from '@lucide/svelte/icons/play'
import Plus from '@lucide/svelte/icons/plus'
import Sun from '@lucide/svelte/icons/sun'
import type { FoundRecord } from '../../src/contract/index.ts'
import { itemTypeName, machineName } from '../messages/sentences.ts'
import { t } from '../messages/words.svelte.ts'
import type { Console } from '../stores/console.svelte.ts'
import { openFound } from '../stores/found.ts'
import { places } from '../stores/navigation.svelte.ts'

export interface PaletteCommand {
  id: string
  label: string
  note?: string
  icon: Icon
  run: () => void
}

export interface PaletteGroup {
  id: 'places' | 'actions' | 'machines' | FoundRecord['kind']
  commands: PaletteCommand[]
}

const shownPerGroup = 8

/** What the palette offers for what was typed. */
export function paletteGroups(app: Console, search: string, found: readonly FoundRecord[]): PaletteGroup[] {
  const wanted = fold(search)
  const matching = (commands: PaletteCommand[]): PaletteCommand[] => bestMatches(commands, wanted, shownPerGroup)

  const groups: PaletteGroup[] = [
    { id: 'places', commands: matching(placeCommands(app)) },
    { id: 'actions', commands: matching(actionCommands(app)) },
  ]
  // Machines and what is written down only once something was typed: a list of three hundred helps nobody.
  if (wanted) {
    groups.push({ id: 'machines', commands: matching(machineCommands(app)) })
    for (const kind of new Set(found.map((record) => record.kind)))
      groups.push({
        id: kind,
        commands: foundCommands(
          app,
          found.filter((record) => record.kind === kind),
        ),
      })
  }
  return groups.filter(({ commands }) => commands.length > 0)
}

/** Names that begin with what was typed come first, then names that hold it, then notes that do. */
export function bestMatches(commands: PaletteCommand[], wanted: string, most: number): PaletteCommand[] {
  const rankOf = ({ label, note }: PaletteCommand): number => {
    const name = fold(label)
    if (name.startsWith(wanted)) return 0
    if (name.includes(wanted)) return 1
    return fold(note ?? '').includes(wanted) ? 2 : 3
  }
  return commands
    .map((command) => ({ command, rank: rankOf(command) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ command }) => command)
}

/** Lower case, without accents. */
const fold = (text: string): string => text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')

const placeCommands = ({ navigation }: Console): PaletteCommand[] =>
  places.map((place) => ({
    id: `place ${place}`,
    label: t(`nav.${place}`),
    icon: MapPin,
    run: () => (navigation.place = place),
  }))

function actionCommands({ exam, labels, navigation, settings, stock }: Console): PaletteCommand[] {
  const commands: PaletteCommand[] = [
    {
      id: 'addItem',
      label: t('palette.addItem'),
      icon: Plus,
      run: () => {
        navigation.place = 'stock'
        stock.openItem = 'new'
      },
    },
    {
      id: 'import',
      label: t('import.title'),
      icon: FileUp,
      run: () => (navigation.importOpen = true),
    },
    {
      id: 'labels',
      label: t('labels.open'),
      icon: QrCode,
      run: () => {
        navigation.place = 'stock'
        labels.open({ of: 'items', ...stock.meant })
      },
    },
    { id: 'help', label: t('help.title'), note: 'F1', icon: CircleHelp, run: () => (navigation.helpPage = 'index') },
    { id: 'light', label: t('palette.themeLight'), icon: Sun, run: () => void settings.set({ theme: 'light' }) },
    { id: 'dark', label: t('palette.themeDark'), icon: Moon, run: () => void settings.set({ theme: 'dark' }) },
  ]
  if (exam.view.phase !== 'idle') return commands
  const before: PaletteCommand[] = [
    {
      id: 'checks',
      label: t('palette.runChecks'),
      icon: ClipboardCheck,
      run: () => {
        navigation.preflightOpen = true
        void exam.check()
      },
    },
    { id: 'demo', label: t('exam.demo.button'), icon: Play, run: () => void exam.startDemo() },
  ]
  if (exam.face.kind === 'ready')
    before.unshift({ id: 'start', label: t('preflight.start'), icon: Play, run: () => void exam.start() })
  return [...before, ...commands]
}

const machineCommands = ({ machines, navigation }: Console): PaletteCommand[] =>
  machines.all.map((machine) => ({
    id: `machine ${machine.mac}`,
    label: machineName(machine),
    note: [t(`stage.${machine.stage}`), machine.address, machine.mac].filter(Boolean).join(' · '),
    icon: machineIcon(machine),
    run: () => {
      navigation.place = 'exam'
      machines.watch(machine.mac)
    },
  }))

const foundCommands = (app: Console, found: readonly FoundRecord[]): PaletteCommand[] =>
  found.map((record, index) => ({
    // Two comments open the same intervention.
    id: `${record.kind} ${record.id} ${index}`,
    label: record.title,
    note: [record.kind === 'item' && itemTypeName(record.type ?? ''), record.note].filter(Boolean).join(' · '),
    icon: foundIcon(record),
    run: () => void openFound(app, record),
  }))
