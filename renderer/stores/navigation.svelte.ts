export const places = ['exam', 'sittings', 'papers', 'stock', 'diagnosis', 'settings'] as const
export type Place = (typeof places)[number]
export const settingsSections = ['look', 'room', 'network', 'profiles', 'files', 'backups', 'about'] as const
export type SettingsSection = (typeof settingsSections)[number]

export const diagnosisTabs = ['journal', 'packets', 'leases', 'transfers', 'dropped', 'tools', 'checks'] as const
export type DiagnosisTab = (typeof diagnosisTabs)[number]

export const sittingTabs = ['sittings', 'rooms'] as const
export type SittingTab = (typeof sittingTabs)[number]

/** Where the technician is, and which sheets are open over it. */
export class Navigation {
  place = $state<Place>('exam')
  settingsSection = $state<SettingsSection>('look')
  sittingTab = $state<SittingTab>('sittings')
  projectionOpen = $state(false)
  diagnosisTab = $state<DiagnosisTab>('journal')
  nicChooserOpen = $state(false)
  preflightOpen = $state(false)
  paletteOpen = $state(false)
  importOpen = $state(false)
  labelsOpen = $state(false)

  openSettings(section: SettingsSection): void {
    this.settingsSection = section
    this.place = 'settings'
    this.preflightOpen = false
  }
}
