import { safeStorage } from 'electron'
import type { Sealer } from '../http/index.ts'

/** What Chromium falls back to on Linux: a password that everybody knows, which protects nothing. */
const nobodysKeyring: readonly string[] = ['basic_text', 'unknown']

// The asynchronous calls that take the place of these are not in every Electron that runs this app, and a certificate's
// key is sealed once.
/* eslint-disable @typescript-eslint/no-deprecated */

/** The system's keyring (DPAPI, Keychain, Secret Service, KWallet), once the app is ready; undefined where none is open. */
export function keyring(): Sealer | undefined {
  // Electron before 27 does not tell which one it is, and has none then where this one would say `basic_text`.
  const { getSelectedStorageBackend } = safeStorage as Partial<typeof safeStorage>
  const backend = process.platform === 'linux' ? getSelectedStorageBackend?.call(safeStorage) : undefined
  if (!safeStorage.isEncryptionAvailable() || (backend !== undefined && nobodysKeyring.includes(backend)))
    return undefined
  return {
    seal: (text) => safeStorage.encryptString(text),
    open: (sealed) => safeStorage.decryptString(sealed),
  }
}
