import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { InstallationKind } from '../contract/index.ts'
import { debHelper, DebInstaller } from './debInstaller.ts'
import type { Installer } from './installer.ts'
import { SwapInstaller } from './swapInstaller.ts'
import { WindowsInstaller } from './windowsInstaller.ts'

/** How this Amorce came onto this computer. */
export interface Installation {
  kind: InstallationKind
  /** What is replaced: the AppImage, or the program's folder. */
  target: string
  /** As Node names it. */
  arch: string
  /** Whose signature is believed: base64 of an Ed25519 key's SubjectPublicKeyInfo; absent when it was packed without one. */
  publicKey?: string
}

export interface InstallationFacts {
  isInstalled: boolean
  platform: string
  arch: string
  /** The program that runs. */
  executable: string
  env: Readonly<Record<string, string | undefined>>
  publicKey: string | undefined
}

const debFolder = '/opt/Amorce'

/** Tells how it was installed from where it runs. */
export function installationOf({
  isInstalled,
  platform,
  arch,
  executable,
  env,
  publicKey,
}: InstallationFacts): Installation {
  const folder = dirname(executable)
  const common = { target: folder, arch, ...(publicKey !== undefined && { publicKey }) }
  if (!isInstalled) return { ...common, kind: 'other' }
  if (platform === 'win32') return { ...common, kind: 'installer' }
  if (platform !== 'linux') return { ...common, kind: 'other' }
  if (env['APPIMAGE']) return { ...common, kind: 'appImage', target: env['APPIMAGE'] }
  return { ...common, kind: folder === debFolder && existsSync(debHelper) ? 'deb' : 'archive' }
}

/** @param keepIn where what has to be kept is; undefined when it is replaced by hand */
export function installerOf({ kind, target }: Installation, keepIn: string): Installer | undefined {
  switch (kind) {
    case 'deb':
      return new DebInstaller()
    case 'appImage':
    case 'archive':
      return new SwapInstaller(kind, target)
    case 'installer':
      return new WindowsInstaller(keepIn)
    case 'other':
      return undefined
  }
}
