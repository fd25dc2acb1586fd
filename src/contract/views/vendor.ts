/** Who made a network card, as far as the registry that came with Amorce says. */
export interface VendorAnswer {
  vendor?: string
  /** A MAC that no maker was given: set by hand, random, or a virtual machine's. */
  isLocal: boolean
  /** The day that the registry is of, `2026-08-26`; absent without one. */
  registryDate?: string
}
