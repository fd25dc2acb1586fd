import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } })

export interface ReadCode {
  text: string
  format: string
}

/** Every code that a barcode library finds in a picture: the bytes of a PNG, or its pixels. */
export async function readCodes(picture: Uint8Array | Pixels): Promise<ReadCode[]> {
  const input =
    picture instanceof Uint8Array
      ? new Blob([new Uint8Array(picture)])
      : (picture as Parameters<typeof readBarcodes>[0])
  const found = await readBarcodes(input, { tryHarder: true, maxNumberOfSymbols: 255 })
  return found.filter(({ isValid }) => isValid).map(({ text, format }) => ({ text, format }))
}

/** Four bytes a pixel. */
export interface Pixels {
  data: Uint8ClampedArray
  width: number
  height: number
}
