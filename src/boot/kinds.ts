import type { ContentKind } from '../contract/index.ts'
import { kindByName } from '../content/index.ts'
import { loaderNames, signedDiskName } from './firmwareTable.ts'
import type { BootSteps } from './script.ts'

/**
 * What each file is to the machines that boot these profiles, by its path below the boot-file folder, so that a transfer
 * is shown as the kernel or the initrd that it is. Files that no profile names are told by their names.
 */
export function kindsOf(...profiles: readonly BootSteps[]): (path: string) => ContentKind {
  const kinds = new Map<string, ContentKind>([...loaderNames, signedDiskName].map((name) => [name, 'loader']))
  for (const { kernel, initrds, system } of profiles) {
    if (system === 'localDisk') continue
    kinds.set(kernel, 'kernel')
    for (const path of initrds) kinds.set(path, 'initrd')
  }
  return (path) => kinds.get(path) ?? kindByName(path)
}
