import type { Mac } from '../contract/index.ts'

/** Those most often met between a laptop and a school's network; the first three bytes, as IEEE gave them out. */
const vendors: Readonly<Record<string, string>> = {
  '08:00:27': 'VirtualBox',
  '52:54:00': 'QEMU',
  '00:0c:29': 'VMware',
  '00:50:56': 'VMware',
  '00:15:5d': 'Microsoft Hyper-V',
  'b8:27:eb': 'Raspberry Pi',
  'dc:a6:32': 'Raspberry Pi',
}

/** Who made a network card, as far as is known here. */
export const vendorOf = (mac: Mac): string | undefined => vendors[mac.slice(0, 8).toLowerCase()]
