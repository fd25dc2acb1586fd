import type { Address } from './address.ts'
import { messageType } from './options/codes.ts'

/** Where a reply goes. The socket knows the ports. */
export type Destination = { to: 'relay' | 'client'; address: Address } | { to: 'everyone' }

export interface DestinationFacts {
  /** Option 53 of the reply; absent in one to a BOOTP client. */
  type?: number
  giaddr: Address
  /** Of the request. */
  ciaddr: Address
  /** Is `ciaddr` an address of our own network? */
  ciaddrOnLink: boolean
}

/**
 * RFC 2131 §4.1:
 *
 *     giaddr set  the relay agent, at the server port
 *     NAK         everyone: the client's address is in doubt
 *     ciaddr set  the client, at the address that it has; the broadcast flag is for those that have none yet
 *     else        everyone
 *
 * A client without an address is always answered by broadcast: sending to an address that it has not configured yet
 * takes an ARP entry or a raw socket, and the RFC lets a server that cannot do so broadcast. A `ciaddr` of another
 * network is never answered there, or anyone could make us send to a stranger.
 */
export function destinationOf({ type, giaddr, ciaddr, ciaddrOnLink }: DestinationFacts): Destination {
  if (giaddr !== 0) return { to: 'relay', address: giaddr }
  if (type === messageType.nak) return { to: 'everyone' }
  if (ciaddr !== 0 && ciaddrOnLink) return { to: 'client', address: ciaddr }
  return { to: 'everyone' }
}
