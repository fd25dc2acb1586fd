export const places = ['exam', 'stock', 'diagnosis', 'settings'] as const
export type Place = (typeof places)[number]
export const settingsSections = ['look', 'room', 'network', 'profiles', 'files', 'about'] as const
export type SettingsSection = (typeof settingsSections)[number]

/** Where the technician is, and which sheets are open over it. */
export class Navigation {
  place = $state<Place>('exam')
  settingsSection = $state<SettingsSection>('look')
  nicChooserOpen = $state(false)
  preflightOpen = $state(false)
  paletteOpen = $state(false)

  openSettings(section: SettingsSection): void {
    this.settingsSection = section
    this.place = 'settings'
    this.preflightOpen = false
  }
}
