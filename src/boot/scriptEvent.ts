import type { AmorceEvent, Ipv4, Mac } from '../contract/index.ts'
import type { BootProfile } from './script.ts'

/** What is told when a machine is handed what it boots, by iPXE's script or by GRUB's configuration. */
export const scriptEvent = (profile: BootProfile, mac: Mac, client: Ipv4, at: number): AmorceEvent => ({
  type: 'boot.script',
  at,
  mac,
  client,
  profileId: profile.id,
  profileName: profile.name,
  localDisk: profile.system === 'localDisk',
})
