export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface SettingsView {
  language: Language
  theme: Theme
  /** Shown in the top bar. */
  roomName: string
  nic: string
  /** Pool within the NIC's subnet; empty means "propose from the NIC's address". */
  poolStart: string
  poolEnd: string
  /** Seconds. */
  leaseSeconds: number
  httpPort: number
  /** Seats expected in the room, 0 when not said. */
  expectedMachines: number
}
