export { Mask } from './mask.ts'
export { runSelfTest, type SelfTestOptions } from './selfTest.ts'
export { frameAround, PacketJournal, readFrame, Unheard, type BootPorts, type Frame } from './packets/index.ts'
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
