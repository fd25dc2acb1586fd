import type { ContentKind } from '../contract/index.ts'

const rules: readonly (readonly [ContentKind, RegExp])[] = [
  // Before the loaders: `vmlinuz.efi` is a kernel.
  ['kernel', /^(vmlinu[xz].*|linux|bzimage.*)$/],
  ['loader', /(\.(efi|kpxe|kkpxe|kkkpxe|pxe|lkrn)|^(.*\.)?(efi|kpxe)\.signed|^l?pxelinux\.0)$/],
  ['script', /\.ipxe$/],
  ['initrd', /^(initr(d|amfs).*|.*\.img|.*\.cpio.*)$/],
]

/** What a file most likely is, by its name alone. The boot profile's own names are a better witness where there is one. */
export function kindByName(path: string): ContentKind {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return rules.find(([, pattern]) => pattern.test(name))?.[0] ?? 'file'
}
