import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLeaseStore } from '../../src/dhcp/index.ts'
import { formatIpv4, parseIpv4 } from '../../src/network/index.ts'
import { openDatabase } from '../../src/storage/index.ts'
import { iscDhcpd, keaDhcp4 } from '../support/dhcpCheckers.ts'
import { clientMac } from './perfdhcp.ts'
import { network, startAmorce, startDnsmasq, type Ground, type Server } from './servers.ts'

/** A DHCP server of the bench, with its leases on the disk. */
export interface DhcpContender {
  name: string
  /** @param leases how many it finds on the disk at its start: those of perfdhcp's first clients */
  start(ground: Ground, leases: number): Promise<Server>
}

const leaseSeconds = 3600

interface LeaseOnDisk {
  address: string
  mac: string
  /** Seconds since the Unix epoch. */
  expiresAt: number
}

function* firstLeases(count: number): Generator<LeaseOnDisk> {
  const start = parseIpv4(network.poolStart) ?? 0
  const expiresAt = Math.floor(Date.now() / 1000) + leaseSeconds
  for (let n = 0; n < count; n++) yield { address: formatIpv4(start + n), mac: clientMac(n), expiresAt }
}

let folders = 0
function newFolder(ground: Ground, name: string): string {
  const folder = join(ground.workFolder, `${name}-${++folders}`)
  mkdirSync(folder)
  return folder
}

const writeLeases = (file: string, count: number, line: (lease: LeaseOnDisk) => string, head = ''): void =>
  writeFileSync(file, head + [...firstLeases(count)].map((lease) => `${line(lease)}\n`).join(''))

const amorce: DhcpContender = {
  name: 'amorce',
  start(ground, leases) {
    const path = join(newFolder(ground, 'amorce'), 'amorce.sqlite')
    const database = openDatabase({ path, nativeBinding: ground.runtime.nativeBinding })
    const store = createLeaseStore(database)
    store.commit(
      `${network.first}/${network.prefix}`,
      [...firstLeases(leases)].map(({ address, mac, expiresAt }) => ({
        address: parseIpv4(address) ?? 0,
        key: `mac:${mac}`,
        mac,
        hostName: '',
        state: 'leased',
        startsAt: Date.now(),
        expiresAt: expiresAt * 1000,
      })),
    )
    // As a run leaves them that came to its end.
    while (store.tidy());
    database.close()
    return startAmorce(ground, path)
  },
}

const dnsmasq: DhcpContender = {
  name: 'dnsmasq',
  start(ground, leases) {
    const file = join(newFolder(ground, 'dnsmasq'), 'leases')
    writeLeases(file, leases, ({ address, mac, expiresAt }) => `${expiresAt} ${mac} ${address} * 01:${mac}`)
    return startDnsmasq(ground, file)
  },
}

/** Kea with its lease file, in one thread, which is the faster of its ways with it. */
const kea: DhcpContender = {
  name: 'kea',
  async start(ground, leases) {
    const folder = newFolder(ground, 'kea')
    const leaseFile = join(folder, 'leases.csv')
    writeLeases(
      leaseFile,
      leases,
      ({ address, mac, expiresAt }) => `${address},${mac},01:${mac},${leaseSeconds},${expiresAt},1,0,0,,0,`,
      'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n',
    )
    const configuration = join(folder, 'kea.json')
    writeFileSync(
      configuration,
      JSON.stringify({
        Dhcp4: {
          'interfaces-config': { interfaces: [ground.device], 'dhcp-socket-type': 'udp', 're-detect': false },
          'lease-database': { type: 'memfile', persist: true, name: leaseFile, 'lfc-interval': 0 },
          'multi-threading': { 'enable-multi-threading': false },
          'valid-lifetime': leaseSeconds,
          authoritative: true,
          subnet4: [
            {
              id: 1,
              subnet: `${network.first}/${network.prefix}`,
              pools: [{ pool: `${network.poolStart} - ${network.poolEnd}` }],
            },
          ],
          loggers: [{ name: 'kea-dhcp4', severity: 'INFO', output_options: [{ output: 'stderr' }] }],
        },
      }),
    )
    const process = ground.laptop.start(await keaDhcp4(), ['-c', configuration], {
      env: { ...globalThis.process.env, KEA_PIDFILE_DIR: folder, KEA_LOCKFILE_DIR: folder },
    })
    await process.waitFor(/DHCP4_STARTED/, 30_000)
    return { name: 'kea', process, httpPort: 0 }
  },
}

const isc: DhcpContender = {
  name: 'isc',
  async start(ground, leases) {
    const folder = newFolder(ground, 'isc')
    chmodSync(folder, 0o777)
    const leaseFile = join(folder, 'leases')
    const hex = (mac: string): string => `01:${mac}`
    writeLeases(
      leaseFile,
      leases,
      ({ address, mac, expiresAt }) =>
        `lease ${address} { starts epoch ${expiresAt - leaseSeconds}; ends epoch ${expiresAt}; binding state active; ` +
        `next binding state free; hardware ethernet ${mac}; uid ${hex(mac)}; }`,
    )
    const configuration = join(folder, 'dhcpd.conf')
    writeFileSync(
      configuration,
      `authoritative; ping-check false; ddns-update-style none; default-lease-time ${leaseSeconds}; max-lease-time ${leaseSeconds};
       subnet ${network.first} netmask ${network.mask} { range ${network.poolStart} ${network.poolEnd}; }`,
    )
    const process = ground.laptop.start(await iscDhcpd(), [
      '-4',
      '-f',
      '-cf',
      configuration,
      '-lf',
      leaseFile,
      '-pf',
      join(folder, 'pid'),
      ground.device,
    ])
    await process.waitFor(/Sending on +Socket\/fallback/, 60_000)
    return { name: 'isc', process, httpPort: 0 }
  },
}

export const ourDhcp = amorce
export const dhcpPeers: readonly DhcpContender[] = [kea, dnsmasq, isc]
