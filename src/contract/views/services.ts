import type { WireError } from '../errors.ts'
import type { ServiceName, ServiceState } from '../events.ts'

export interface ServiceView {
  name: ServiceName
  state: ServiceState
  /** `192.168.60.1:67`, when running. */
  endpoint?: string
  error?: WireError
  /** One number that shows life: exchanges for DHCP, transfers for TFTP and HTTP. */
  count: number
}
