// A network boot client of a few lines that does as it is told, step by step, inside a machine of the lab: what a ROM, a
// loader or a system would send, and how it would go wrong. Plain JavaScript, for the Node that runs the tests.
//
// node romClient.mjs eth0 '[{"do":"lease","arch":7},{"do":"tftp","file":"ipxe.efi"}]'
import { execFileSync } from 'node:child_process'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import http from 'node:http'

const [, , nic, stepsText] = process.argv
const mac = Buffer.from(readFileSync(`/sys/class/net/${nic}/address`, 'utf8').trim().replaceAll(':', ''), 'hex')
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })

const state = { address: undefined, server: undefined, xid: 1, bootFile: '', began: Date.now() }
let socket

function option(code, value) {
  return Buffer.concat([Buffer.from([code, value.length]), value])
}
const addressBytes = (address) => Buffer.from(address.split('.').map(Number))

/** A BOOTP message with a DHCP message type and what this kind of client says of itself. */
function message(type, { arch, uuid, ipxe, secs = 0, requested, server, system } = {}) {
  const head = Buffer.alloc(240)
  head[0] = 1
  head[1] = 1
  head[2] = 6
  head.writeUInt32BE(state.xid, 4)
  head.writeUInt16BE(secs, 8)
  head.writeUInt16BE(0x8000, 10)
  mac.copy(head, 28)
  head.writeUInt32BE(0x63825363, 236)
  const options = [option(53, Buffer.from([type]))]
  if (!system) {
    const number = arch ?? 0
    options.push(option(60, Buffer.from(`PXEClient:Arch:${String(number).padStart(5, '0')}:UNDI:003016`)))
    options.push(option(93, Buffer.from([number >> 8, number & 255])))
    options.push(
      option(
        97,
        Buffer.concat([Buffer.from([0]), Buffer.from(uuid ?? `${mac.toString('hex')}00112233445566778899`, 'hex')]),
      ),
    )
    options.push(option(55, Buffer.from([1, 3, 43, 54, 60, 66, 67])))
  }
  if (ipxe) {
    options.push(option(77, Buffer.from('iPXE')))
    options.push(option(175, Buffer.from([19, 1, 1, 21, 1, 1])))
  }
  if (requested) options.push(option(50, addressBytes(requested)))
  if (server) options.push(option(54, addressBytes(server)))
  return Buffer.concat([head, ...options, Buffer.from([255])])
}

function read(reply) {
  const options = new Map()
  for (let at = 240; at < reply.length && reply[at] !== 255;) {
    if (reply[at] === 0) {
      at += 1
      continue
    }
    options.set(reply[at], reply.subarray(at + 2, at + 2 + reply[at + 1]))
    at += 2 + reply[at + 1]
  }
  const file = reply.subarray(108, 236)
  return {
    type: options.get(53)?.[0],
    address: reply.subarray(16, 20).join('.'),
    server: options.get(54)?.join('.'),
    bootFile: (options.get(67) ?? file).toString('latin1').split('\0')[0],
  }
}

async function open() {
  if (socket) return
  socket = dgram.createSocket({ type: 'udp4', reuseAddr: true })
  await new Promise((resolve) => socket.bind(68, () => resolve()))
  socket.setBroadcast(true)
}

/** Answers to our question that come within a time. */
function answers(seconds, isWanted) {
  return new Promise((resolve) => {
    const found = []
    const hear = (data) => {
      if (data.length < 240 || data[0] !== 2 || data.readUInt32BE(4) !== state.xid) return
      const answer = read(data)
      found.push(answer)
      if (isWanted(answer)) finish()
    }
    const finish = () => {
      socket.off('message', hear)
      clearTimeout(timer)
      resolve(found)
    }
    const timer = setTimeout(finish, seconds * 1000)
    socket.on('message', hear)
  })
}
const broadcast = (bytes) => {
  // Taking the last address off a NIC takes its routes too.
  ip('route', 'replace', '255.255.255.255', 'dev', nic)
  return new Promise((resolve, reject) =>
    socket.send(bytes, 67, '255.255.255.255', (error) => (error ? reject(error) : resolve())),
  )
}

const steps = {
  wait: ({ seconds }) => sleep(seconds),

  /** Asks and does not take what it is offered; `secs` counts as its clock does. */
  async discover({ times = 1, every = 4, secs, ...who }) {
    await open()
    state.xid += 1
    const began = Date.now()
    for (let time = 0; time < times; time++) {
      await broadcast(message(1, { secs: secs ?? Math.round((Date.now() - began) / 1000), ...who }))
      if (time < times - 1) await sleep(every)
    }
  },

  /** From DISCOVER to ACK, and the address on the NIC. `from`: takes the offer of this server. `late`: tries so long. */
  async lease({ from, late = 20, ...who }) {
    await open()
    state.xid += 1
    const began = Date.now()
    let offer
    while (!offer && Date.now() - began < late * 1000) {
      const heard = answers(2, ({ type, server }) => type === 2 && (!from || server === from))
      await broadcast(message(1, { secs: Math.round((Date.now() - began) / 1000), ...who }))
      offer = (await heard).find(({ type, server }) => type === 2 && (!from || server === from))
    }
    if (!offer) throw new Error('no offer')
    const heard = answers(5, ({ type, server }) => type === 5 && (!from || server === from))
    await broadcast(message(3, { ...who, requested: offer.address, server: offer.server }))
    const ack = (await heard).find(({ type }) => type === 5)
    if (!ack) throw new Error('no ACK')
    state.address = ack.address
    state.server = ack.server
    state.bootFile = ack.bootFile
    ip('address', 'replace', `${ack.address}/24`, 'dev', nic)
    say({ leased: ack.address, server: ack.server, bootFile: ack.bootFile })
  },

  /** Fetches a file over TFTP, whole. */
  tftp({ file, blksize = 1408, server = state.server }) {
    return new Promise((resolve, reject) => {
      const transfer = dgram.createSocket('udp4')
      let expected = 1
      let size = 512
      const options = `blksize\0${blksize}\0`
      const done = (error) => {
        clearTimeout(timer)
        transfer.close()
        if (error) reject(error)
        else resolve()
      }
      const timer = setTimeout(() => done(new Error('TFTP gave up')), 30_000)
      transfer.on('message', (data, peer) => {
        const ack = (block, sent) =>
          transfer.send(Buffer.from([0, 4, block >> 8, block & 255]), peer.port, peer.address, sent)
        if (data[1] === 5) return done(new Error(`TFTP error ${data[3]}`))
        if (data[1] === 6) {
          size = blksize
          return ack(0)
        }
        if (data[1] !== 3 || data.readUInt16BE(2) !== (expected & 0xffff)) return
        const isLast = data.length - 4 < size
        ack(expected & 0xffff, () => isLast && done())
        expected += 1
      })
      transfer.send(Buffer.from(`\0\x01${file}\0octet\0${options}`, 'latin1'), 69, server)
    })
  },

  /** A datagram to a port of the server, as a ROM asks for a boot menu. */
  send({ port, ...who }) {
    return new Promise((resolve, reject) =>
      socket.send(message(3, who), port, state.server, (error) => (error ? reject(error) : resolve())),
    )
  },

  /** Finds the address that it is offered in use, again and again (RFC 2131 section 4.4.1). */
  async decline({ times }) {
    for (let time = 0; time < times; time++) {
      await steps.lease({ system: true })
      await broadcast(message(4, { system: true, requested: state.address, server: state.server }))
      ip('address', 'flush', 'dev', nic)
      await sleep(1)
    }
  },

  /** Reads a page, or downloads a file. `lines`: follows the addresses in an iPXE script of the server's. */
  get({ url, limit }) {
    return new Promise((resolve, reject) => {
      http
        .get(url, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            if (text.length < (limit ?? 100_000)) text += chunk
          })
          response.on('end', () => {
            say({ got: url, status: response.statusCode })
            state.text = text
            resolve()
          })
        })
        .on('error', reject)
    })
  },

  /** As iPXE: fetches its script, then the kernel and initrd that the script names. */
  async script() {
    await steps.get({ url: state.bootFile })
    const [next] = /http:\/\/\S+script\.ipxe/.exec(state.text) ?? []
    const filled = (next ?? '').replace(/\$\{[^}]*\}/g, mac.toString('hex').replace(/..(?!$)/g, '$&-'))
    if (next) await steps.get({ url: filled })
    say({ script: state.text })
  },

  async files({ list, base }) {
    for (const file of list) await steps.get({ url: `${base}/${file}`, limit: 0 })
  },

  /** The exam system's agent. */
  heartbeat({ url, stage }) {
    const body = JSON.stringify({ mac: mac.toString('hex').replace(/..(?!$)/g, '$&:'), stage, facts: {} })
    return new Promise((resolve, reject) => {
      const request = http.request(
        url,
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume()
          response.on('end', resolve)
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  },
}

async function main() {
  for (const { do: name, ...rest } of JSON.parse(stepsText)) {
    say({ step: name })
    await steps[name](rest)
  }
  say({ done: true })
  socket?.close()
}

main().catch((error) => {
  say({ failed: String(error) })
  process.exitCode = 1
  socket?.close()
})
