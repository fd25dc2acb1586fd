export type { BootAnswer, BootDecider } from './bootDecider.ts'
export { firmwareKindOf, ipxeHttpFeature, type ReadClientFacts } from './clientFacts.ts'
export { proposePool, readConfig, type DhcpConfig, type DhcpSettings } from './config.ts'
export { leaseStates, type LeaseRecord, type LeaseState, type Reservation } from './leases.ts'
export { createLeaseStore, type LeaseStore } from './leaseStore.ts'
export {
  createDhcpServer,
  realLink,
  type DhcpLink,
  type DhcpServer,
  type DhcpServerDependencies,
  type Lease,
} from './server.ts'
