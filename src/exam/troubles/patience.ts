/** How long silence must last before it says something, in milliseconds. */
export const patience = {
  /** PXE asks again after 4, 8 and 16 s: three unanswered rounds. */
  offerIgnored: 12_000,
  /** iPXE waits up to 15 s for IPv6 routers before it asks for its script. */
  noLoaderRequest: 25_000,
  /** iPXE brings its link up in up to 15 s. */
  loaderSilent: 20_000,
  /** Some loaders try several names in a row; a refusal matters when nothing better follows it. */
  fileMissing: 3_000,
  /** The first DATA is sent again after 1, 2 and 4 s. */
  firstBlock: 6_000,
  transferStalled: 10_000,
  scriptSilent: 20_000,
  systemLost: 120_000,
  /** Four heartbeats of 5 s. */
  heartbeatLost: 20_000,
  /** Machines of one switch go quiet within so long of each other. */
  sameBreath: 10_000,
} as const
