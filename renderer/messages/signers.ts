import type { ProgramSigner } from '../../src/contract/index.ts'
import { t } from './words.svelte.ts'

/** Who vouches for a UEFI program, in a few words; each of them once. */
export function signedBy(signers: readonly ProgramSigner[]): string {
  if (signers.length === 0) return t('signedBy.nobody')
  return [...new Set(signers.map(({ authority, issuer }) => t(`signedBy.${authority}`, { issuer })))].join(', ')
}

/** Their names, as their certificates have them. */
export const signerNames = (signers: readonly ProgramSigner[]): string =>
  signers.map(({ name, issuer }) => (name === '' ? issuer : `${name} (${issuer})`)).join(', ')
