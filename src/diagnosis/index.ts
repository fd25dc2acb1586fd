export { Journal } from './journal.ts'
export {
  runPreflight,
  simulatedPreflight,
  worstVerdict,
  type PortToBind,
  type DhcpToCheck,
  type PreflightFacts,
  type PreflightRequest,
} from './preflight.ts'
export { probeOtherServers, type DhcpProbeOptions, type OtherServer } from './dhcpProbe.ts'
