const types: Readonly<Record<string, string>> = {
  // UEFI HTTP boot goes by this type or by the extension (UEFI 2.10 section 24.7).
  efi: 'application/efi',
  ipxe: 'text/plain; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  cfg: 'text/plain; charset=utf-8',
  conf: 'text/plain; charset=utf-8',
  seed: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  pdf: 'application/pdf',
  gz: 'application/gzip',
  zip: 'application/zip',
}

/** The media type of a file, by its extension. */
export function contentTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const extension = name.slice(name.lastIndexOf('.') + 1)
  return (Object.hasOwn(types, extension) && types[extension]) || 'application/octet-stream'
}
