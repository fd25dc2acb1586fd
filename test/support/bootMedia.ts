import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { cacheFolder } from '../../tools/cache.mjs'
import { updateApt } from '../../tools/systemPackages.mjs'
import { unpackedDebianPackage } from './debianPackage.ts'
import { mustRun } from './processes.ts'

// What a lab machine boots: Debian's own kernel, unpacked and not installed, and an initramfs made here of busybox and
// the kernel's virtio-net modules.

export interface KernelPackage {
  /** Path of the kernel itself. */
  image: string
  /** Folder of its modules, `.../kernel`. */
  modules: string
}

/** Debian's kernel for virtual machines: small, and with virtio-net. */
export async function debianKernel(): Promise<KernelPackage> {
  const folder = await unpackedDebianPackage(cachedKernelPackage() ?? (await currentKernelPackage()))
  const image = readdirSync(join(folder, 'boot')).find((name) => name.startsWith('vmlinuz-'))
  const release = image?.slice('vmlinuz-'.length)
  if (!image || !release) throw new Error(`${folder} holds no kernel`)
  return { image: join(folder, 'boot', image), modules: join(folder, 'lib', 'modules', release, 'kernel') }
}

const cachedKernelPackage = (): string | undefined => {
  const folder = join(cacheFolder(), 'lab')
  return existsSync(folder) ? readdirSync(folder).find((name) => /^linux-image-[\w.+-]+-amd64$/.test(name)) : undefined
}

/** The package that the metapackage `linux-image-cloud-amd64` stands for in fresh package lists. */
async function currentKernelPackage(): Promise<string> {
  await updateApt()
  const depends = await mustRun('apt-cache', ['depends', 'linux-image-cloud-amd64'])
  const name = /Depends: (linux-image-\d\S+)/.exec(depends)?.[1]
  if (!name) throw new Error(`linux-image-cloud-amd64 names no kernel package:\n${depends}`)
  return name
}

/**
 * The exam system of the lab: brings the NIC up, asks DHCP for an address, and tells the server named on the kernel's
 * command line that it runs (`system`), then that the exam is on screen (`ready`), then again every few seconds.
 */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
exec > /dev/console 2>&1 < /dev/console
for module in $(cat /modules/order); do insmod /modules/$module || echo "lab: $module did not load"; done
for word in $(cat /proc/cmdline); do
  case $word in
    amorce.server=*) server=\${word#amorce.server=} ;;
    amorce.mac=*) mac=\${word#amorce.mac=} ;;
  esac
done
echo "lab: server=$server mac=$mac"
ip link set eth0 up
udhcpc -i eth0 -s /udhcpc -t 20 -T 1 -n || { echo 'lab: no lease'; poweroff -f; }
beat() {
  wget -q -O - --post-data "mac=$mac&stage=$1" "$server/api/heartbeat" && echo "lab: told $1" || echo "lab: $1 not heard"
}
beat system
sleep 1
while true; do beat ready; sleep 5; done
`

const udhcpcScript = `#!/bin/busybox sh
case $1 in
  bound|renew) ip address replace $ip/\${mask:-24} dev $interface; echo "lab: leased $ip from $serverid" ;;
esac
`

/** A gzipped cpio archive with busybox, the virtio-net modules in loading order, and the init above. */
export function makeInitramfs({ modules }: KernelPackage): Buffer {
  const drivers = modulesInOrder(modules, ['virtio_pci', 'virtio_net'])
  const directories = ['bin', 'dev', 'proc', 'sys', 'modules']
  return gzipSync(
    cpio([
      ...directories.map((path) => ({ path, mode: 0o040755, content: Buffer.alloc(0) })),
      { path: 'dev/console', mode: 0o020600, content: Buffer.alloc(0), device: [5, 1] as const },
      { path: 'bin/busybox', mode: 0o100755, content: readFileSync('/bin/busybox') },
      { path: 'bin/sh', mode: 0o120777, content: Buffer.from('busybox') },
      { path: 'init', mode: 0o100755, content: Buffer.from(init) },
      { path: 'udhcpc', mode: 0o100755, content: Buffer.from(udhcpcScript) },
      ...drivers.map((path) => ({ path: `modules/${basename(path)}`, mode: 0o100644, content: readFileSync(path) })),
      { path: 'modules/order', mode: 0o100644, content: Buffer.from(drivers.map((path) => basename(path)).join('\n')) },
    ]),
  )
}

/** The files of the named kernel modules and of all they depend on, dependencies first, from each module's own `depends=`. */
function modulesInOrder(folder: string, names: readonly string[]): string[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ko'))
      .map((path) => [moduleName(path), join(folder, path)]),
  )
  const ordered = new Set<string>()
  const visit = (name: string) => {
    const file = files.get(name)
    // Not there as a file: it is part of the kernel image.
    if (!file || ordered.has(file)) return
    const depends = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1'))?.[1] ?? ''
    depends.split(',').filter(Boolean).forEach(visit)
    ordered.add(file)
  }
  names.forEach(visit)
  return [...ordered]
}

const moduleName = (path: string) => basename(path, '.ko').replaceAll('-', '_')

interface CpioEntry {
  path: string
  /** File type and permissions as in stat(2). */
  mode: number
  content: Buffer
  device?: readonly [major: number, minor: number]
}

/** An archive in cpio's "newc" form (kernel: Documentation/driver-api/early-userspace/buffer-format.rst). */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
  const record = ({ path, mode, content, device = [0, 0] }: CpioEntry, inode: number) => {
    // inode, mode, uid, gid, links, mtime, size, device of the file system (2), device (2), name length, checksum
    const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, ...device, path.length + 1, 0]
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${path}\0`
    return Buffer.concat([padded(Buffer.from(header)), padded(content)])
  }
  const trailer: CpioEntry = { path: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) }
  return Buffer.concat([...entries, trailer].map((entry, index) => record(entry, index + 1)))
}
