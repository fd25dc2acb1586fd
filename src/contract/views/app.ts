import type { ErrorCode, ErrorDetails } from '../errors.ts'

export interface AppInfo {
  version: string
  electron: string
  platform: string
  dataFolder: string
  /** Where each service would listen, for the screen. */
  demo: boolean
  /** Set when the database could not be opened as it was. */
  notice?: { code: ErrorCode; details: ErrorDetails }
}
