export type { BootAnswer, BootDecider } from './bootDecider.ts'
export { firmwareKindOf, ipxeHttpFeature, type ReadClientFacts } from './clientFacts.ts'
export type { Access, IsKnown } from './access.ts'
export {
  proposePool,
  readConfig,
  readNetworks,
  type DhcpConfig,
  type DhcpSettings,
  type NetworkConfig,
  type SubnetConfig,
  type UnknownMachines,
} from './config.ts'
export { offeredByForm, type CustomOption, type OptionFault } from './customOptions.ts'
export * from './formats/index.ts'
export { leaseStates, type LeaseRecord, type LeaseState } from './leases.ts'
export { createLeaseHistory, type LeaseHistory, type PastLease } from './leaseHistory.ts'
export { createReservations, type Reservation, type Reservations } from './reservations.ts'
export { createLeaseStore, type LeaseStore } from './leaseStore.ts'
export {
  createDhcpServer,
  realLink,
  type DhcpLink,
  type DhcpServer,
  type DhcpServerDependencies,
  type Lease,
} from './server.ts'
export type { InUse } from './addressProber.ts'
export type { RateLimits } from './rateLimits.ts'
export { bootServerPort } from './proxyDecide.ts'
export {
  createProxyDhcpServer,
  realProxyLink,
  type ProxyDhcpDependencies,
  type ProxyDhcpServer,
  type ProxyLink,
} from './proxyServer.ts'
export { decode as decodeDhcp, type DhcpPacket } from './packet.ts'
export { clientFactsOf } from './clientFacts.ts'
export { messageType, optionCode, optionName } from './options/codes.ts'
