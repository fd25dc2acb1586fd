export const places = ['exam', 'sittings', 'papers', 'stock', 'diagnosis', 'settings'] as const
export type Place = (typeof places)[number]
export const settingsSections = [
  'look',
  'room',
  'stock',
  'network',
  'profiles',
  'boot',
  'windows',
  'files',
  'backups',
  'pin',
  'updates',
  'about',
] as const
export type SettingsSection = (typeof settingsSections)[number]

export const diagnosisTabs = ['journal', 'packets', 'leases', 'transfers', 'dropped', 'tools', 'checks'] as const
export type DiagnosisTab = (typeof diagnosisTabs)[number]

export const sittingTabs = ['sittings', 'rooms'] as const
export type SittingTab = (typeof sittingTabs)[number]

/** Where the technician is, and which sheets are open over it. */
export class Navigation {
  place = $state<Place>('exam')
  settingsSection = $state<SettingsSection>('look')
  /** The section that is opened next shows all it has. */
  opensMore = false
  sittingTab = $state<SittingTab>('sittings')
  projectionOpen = $state(false)
  diagnosisTab = $state<DiagnosisTab>('journal')
  nicChooserOpen = $state(false)
  preflightOpen = $state(false)
  paletteOpen = $state(false)
  importOpen = $state(false)
  /** Pixels at the foot of the window that a bar of things to do takes: no notification covers it. */
  foot = $state(0)
  /** Which page of the help is open; none when it is shut. */
  helpPage = $state<string | null>(null)

  /** @param withMore also what stands under "plus" there, since that is what is looked for. */
  openSettings(section: SettingsSection, withMore = false): void {
    this.settingsSection = section
    this.opensMore = withMore
    this.place = 'settings'
    this.preflightOpen = false
  }
}
