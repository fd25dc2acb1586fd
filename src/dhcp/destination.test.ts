import { describe, expect, it } from 'vitest'
import { destinationOf } from './destination.ts'

const relay = 0x0a000001
const client = 0xc0a83c32
const { offer, ack, nak } = { offer: 2, ack: 5, nak: 6 }

describe('where a reply goes (RFC 2131 §4.1)', () => {
  it.each([
    ['OFFER to a client without an address', offer, 0, 0, true, 'everyone'],
    ['OFFER through a relay', offer, relay, 0, true, 'relay'],
    ['ACK to a client without an address', ack, 0, 0, true, 'everyone'],
    ['ACK to one that renews', ack, 0, client, true, 'client'],
    ['ACK to one that rebinds through a relay', ack, relay, client, true, 'relay'],
    ['ACK to an address of another network', ack, 0, client, false, 'everyone'],
    ['BOOTREPLY to a client that knows its address', undefined, 0, client, true, 'client'],
    ['NAK to a client without an address', nak, 0, 0, true, 'everyone'],
    ['NAK to one that renews', nak, 0, client, true, 'everyone'],
    ['NAK through a relay', nak, relay, client, true, 'relay'],
  ])('%s', (_what, type, giaddr, ciaddr, ciaddrOnLink, to) => {
    const address = to === 'relay' ? relay : to === 'client' ? client : undefined
    expect(destinationOf({ type, giaddr, ciaddr, ciaddrOnLink })).toEqual({ to, ...(address && { address }) })
  })
})
