/**
 * A kernel that unpacks an initrd of lz4 takes what follows it for one more of its blocks, unless zeros end it
 * (lib/decompress_unlz4.c). Not every loader puts any there: iPXE fills pages under BIOS, GRUB up to three bytes, the kernel's
 * own EFI stub nothing at all. So they are an initrd of their own: kernels pass over zeros between archives.
 */
export const zerosPath = 'amorce/zeros.img'

const zeros = Buffer.alloc(512)

/** For a content's virtual files, on whatever protocol the loader asks. */
export const zerosFile = (path: string): Buffer | undefined => (path === zerosPath ? zeros : undefined)

/** The initrds of a Linux profile as a loader is to hand them to the kernel. */
export const initrdsApart = (initrds: readonly string[]): string[] =>
  initrds.flatMap((path, index) => (index === 0 ? [path] : [zerosPath, path]))
