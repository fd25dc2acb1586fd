import { CodedError, type ErrorCode, type ErrorDetails } from '../contract/index.ts'

/** Where somebody tried to listen. */
export interface Endpoint {
  protocol: 'udp' | 'tcp'
  address: string
  port: number
  device?: string
}

/** Turns what the system said when a socket was opened into an error that a person can act on. */
export function asSocketError(error: unknown, endpoint: Endpoint): CodedError {
  if (error instanceof CodedError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const systemCode = (error as { code?: unknown } | null)?.code
  const details: ErrorDetails = { protocol: endpoint.protocol, address: endpoint.address, port: endpoint.port, reason }
  if (endpoint.device !== undefined) details.nic = endpoint.device
  const where = `${endpoint.protocol} ${endpoint.address}:${endpoint.port}${endpoint.device ? ` on ${endpoint.device}` : ''}`
  return new CodedError(codeFor(systemCode, process.platform), `${where}: ${reason}`, details)
}

/** The table of system error codes. */
export function codeFor(systemCode: unknown, platform: NodeJS.Platform): ErrorCode {
  switch (systemCode) {
    case 'EACCES':
      // Windows reserves no ports; it answers this when somebody holds the port exclusively.
      return platform === 'win32' ? 'socket.portInUse' : 'socket.permission'
    case 'EPERM':
      return 'socket.permission'
    case 'EADDRINUSE':
      return 'socket.portInUse'
    case 'EADDRNOTAVAIL':
      return 'socket.addressNotAvailable'
    case 'ENODEV':
    case 'ENXIO':
      return 'nic.notFound'
    default:
      return 'socket.failed'
  }
}
