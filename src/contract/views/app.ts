import type { ErrorCode, ErrorDetails } from '../errors.ts'

export interface AppInfo {
  version: string
  electron: string
  platform: string
  dataFolder: string
  /** Where each service would listen, for the screen. */
  demo: boolean
  /** Whether secrets are kept by the system's keyring; in files for their owner alone otherwise. */
  hasKeyring: boolean
  /** It is open on data made up to practise on. */
  practice: boolean
  /** Set when the database could not be opened as it was. */
  notice?: { code: ErrorCode; details: ErrorDetails }
}
