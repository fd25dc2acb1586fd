export { proposeAddress, suitableAddress } from './addressing.ts'
export {
  openCapture,
  pcapngHead,
  pcapngPacket,
  type Capture,
  type CapturedFrame,
  type CaptureSource,
  type NoCapture,
  type OpenCapture,
} from './capture/index.ts'
export {
  openFirewall,
  readFirewall,
  type CloseFirewall,
  type FirewallNeed,
  type FirewallView,
} from './firewall/index.ts'
export { freeDiskBytes } from './disk.ts'
export { openFileMover, type FileMover, type FileVersion, type MovedFile } from './fileMover/index.ts'
export {
  broadcastOf,
  contains,
  formatIpv4,
  isPrivate,
  isValidHostAddress,
  maskToPrefix,
  networkOf,
  overlaps,
  parseIpv4,
  prefixToMask,
} from './ipv4.ts'
export { listNics, nicChanges, watchNics, type NicChange, type WatchOptions } from './nics/index.ts'
export type { NicProvider } from './nics/provider.ts'
export { findPortHolder, type PortHolder, type PortPlace, type PortProtocol } from './ports.ts'
export { neighbourOf, neighbourStates, type NeighbourState } from './neighbours.ts'
export { probeUdpPort, type PortAnswer } from './portProbe.ts'
export { createAddressTrial, echo, ping, poke, wake } from './ping.ts'
export { commandLineOf, readPower } from './power.ts'
export { setAddress } from './setAddress.ts'
export { PacketLoop, type OpenDescriptor } from './batchedUdp.ts'
export { loadBatchCalls, openWakeUp, type BatchCalls, type WakeUp } from './libc.ts'
export { packetSockets, type OpenPacketSocket, type PacketSocket, type Peer } from './packetSocket.ts'
export { asSocketError, type Endpoint } from './socketError.ts'
export { tapped, tappedPackets, type TappedDatagram } from './tap.ts'
export {
  openDescriptor,
  openUdpSocket,
  type Descriptor,
  type DatagramListener,
  type OpenUdpSocket,
  type UdpOptions,
  type UdpSocket,
} from './udpSocket.ts'
export { readVendorRegistry, vendorRegistry, type VendorRegistry } from './vendor.ts'
