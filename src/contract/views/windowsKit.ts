/** What locks the exam account's screen. Each has its words under `windowsKiosk.<kind>`. */
export const windowsKioskKinds = ['assignedAccess', 'shellLauncher', 'none'] as const
export type WindowsKioskKind = (typeof windowsKioskKinds)[number]

/** A package that was made. */
export interface WindowsKitView {
  file: string
  /** SHA-256 of its manifest, in hexadecimal: what `Install.ps1 -ManifestHash` checks. */
  manifestHash: string
}
