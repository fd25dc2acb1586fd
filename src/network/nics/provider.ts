import type { NicView } from '../../contract/index.ts'

/** How one operating system tells of its NICs. */
export interface NicProvider {
  /** Every NIC, up or down, in no particular order. */
  list(): Promise<NicView[]>
  /**
   * Cheap to ask, and different after most changes: given where `list` is costly, so that watching asks it seldom.
   */
  pulse?(): string
}
