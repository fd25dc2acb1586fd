import type { Mac } from '../contract/index.ts'

/** Where things are on the HTTP server, for the side that hands out addresses and the side that answers them. */
export const scriptPath = (mac: Mac): string => `/boot/${mac}.ipxe`
export const profileScriptPath = (mac: Mac): string => `/boot/${mac}/script.ipxe`
/** @param path below the boot-file folder, with forward slashes. */
export const filePath = (path: string): string => `/files/${path.split('/').map(encodeURIComponent).join('/')}`
