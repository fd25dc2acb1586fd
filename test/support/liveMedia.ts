import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { cacheFolder, makeOnce } from '../../tools/cache.mjs'
import { makeLiveSystem, type LiveSystem } from '../../tools/liveSystem.mjs'
import { cpio } from './bootMedia.ts'

/** As schools' live systems: made with live-boot as Debian's are, or with dracut as Fedora's. */
export type LiveFamily = 'live-boot' | 'dracut'

const system = (initramfs: LiveFamily): LiveSystem => ({
  suite: 'bookworm',
  initramfs,
  packages: [],
  // With the drivers of disks and sticks, so that it is the exam that keeps them out, and little else.
  drivers: [
    'virtio_pci',
    'virtio_net',
    'overlay',
    'squashfs',
    'loop',
    'virtio_blk',
    'usb_storage',
    'sd_mod',
    'xhci_pci',
  ],
  without: [
    ...['gpu', 'media', 'infiniband', 'isdn', 'staging', 'iio', 'hwmon', 'mtd', 'target', 'ntb', 'thunderbolt'],
    ...['net/wireless', 'net/ethernet', 'net/can', 'net/usb', 'scsi/[a-l]*', 'scsi/[q-r]*', 'leds', 'platform'],
    // dracut's live systems ask for the device mapper.
    ...(initramfs === 'dracut' ? [] : ['md']),
  ]
    .map((folder) => `/lib/modules/*/kernel/drivers/${folder}/*`)
    .concat(
      ['sound', 'fs/[a-l]*', 'fs/[x-z]*', 'net/[a-b]*', 'net/[d-h]*', 'net/[r-z]*', 'arch/x86/kvm'].map(
        (folder) => `/lib/modules/*/kernel/${folder}/*`,
      ),
      ['/usr/share/locale/*', '/usr/share/zoneinfo/*', '/usr/share/i18n/*'],
    ),
  compression: 'zstd',
  date: 1_735_689_600,
})

/**
 * A small live system, untouched by Amorce: made once, kept in the cache, so that later runs need no network.
 * @returns its files by name
 */
export async function liveSystem(
  family: LiveFamily = 'live-boot',
): Promise<Record<'vmlinuz' | 'initrd.img' | 'filesystem.squashfs', Buffer>> {
  const made = system(family)
  const recipe = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12)
  const folder = join(cacheFolder(), 'lab', `live-system-${recipe}`)
  await makeOnce(folder, async (unfinished) => void (await makeLiveSystem(made, unfinished)))
  const file = (name: string) => readFileSync(join(folder, 'live', name))
  return {
    vmlinuz: file('vmlinuz'),
    'initrd.img': file('initrd.img'),
    'filesystem.squashfs': file('filesystem.squashfs'),
  }
}

/** Run in the initramfs as the exam's own is, by its own family's way: they lay what the test looks with. */
const hooks: Record<string, string> = {
  'conf/conf.d/yy-lab': `
if [ -e /scripts/functions ]; then
  { echo '/lab/enter-root'; cat /scripts/init-bottom/ORDER; } > /scripts/init-bottom/ORDER.lab
  mv /scripts/init-bottom/ORDER.lab /scripts/init-bottom/ORDER
fi
`,
  'usr/lib/dracut/hooks/pre-pivot/50-lab.sh': 'rootmnt=$NEWROOT /lab/enter-root\n',
}
const enterRoot = `#!/bin/sh
cp -a /lab/root/. "$rootmnt/"
echo 'lab: the test has laid its programs' > /dev/console
`

/** An initrd that lays programs and files of the test over the live system. */
export function laidOver(files: Record<string, string>): Buffer {
  const program = 0o100755
  const paths = Object.keys(files).map((path) => `lab/root/${path}`)
  const folders = new Set(['lab'])
  for (const path of [...paths, ...Object.keys(hooks)])
    path
      .split('/')
      .slice(0, -1)
      .forEach((_, index, parts) => folders.add(parts.slice(0, index + 1).join('/')))
  return gzipSync(
    cpio([
      ...[...folders].sort().map((path) => ({ path, mode: 0o040755, content: Buffer.alloc(0) })),
      ...Object.entries(hooks).map(([path, text]) => ({ path, mode: 0o100644, content: Buffer.from(text) })),
      { path: 'lab/enter-root', mode: program, content: Buffer.from(enterRoot) },
      ...Object.entries(files).map(([path, text]) => ({
        path: `lab/root/${path}`,
        mode: path.includes('/bin/') ? program : 0o100644,
        content: Buffer.from(text),
      })),
    ]),
  )
}
