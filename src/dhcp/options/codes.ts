/** Option codes of RFC 2132 and its companions, by the names of the IANA registry. */
export const optionCode = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  domainNameServer: 6,
  hostName: 12,
  domainName: 15,
  broadcastAddress: 28,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  message: 56,
  maximumMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClassIdentifier: 60,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootFileName: 67,
  /** RFC 3004 */
  userClass: 77,
  /** RFC 4039 */
  rapidCommit: 80,
  /** RFC 3046 */
  relayAgentInformation: 82,
  /** RFC 4578: client system architecture */
  clientArchitecture: 93,
  /** RFC 4578: client network device interface */
  clientNdi: 94,
  /** RFC 4578: client machine identifier */
  clientUuid: 97,
  /** RFC 3011 */
  subnetSelection: 118,
  /** iPXE's encapsulated options */
  ipxe: 175,
  end: 255,
} as const

/** Sub-options of option 82. */
export const relayAgentCode = {
  /** RFC 3527: the network that the client is on, where it is not the one of `giaddr`. */
  linkSelection: 5,
  /** RFC 5107: what the relay agent wants the client to take for the server. */
  serverIdentifierOverride: 11,
} as const

const names = new Map<number, string>(Object.entries(optionCode).map(([name, code]) => [code, name]))

/** `bootFileName (67)`, or `option 250` where there is no name for it. */
export const optionName = (code: number): string => {
  const name = names.get(code)
  return name ? `${name} (${code})` : `option ${code}`
}

/** Option 53, RFC 2132 §9.6. */
export const messageType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const
