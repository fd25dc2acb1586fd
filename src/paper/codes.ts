import bwipjs from 'bwip-js/node'
import { CodedError, type CodeKind } from '../contract/index.ts'

/** A rectangle of a code, in its modules: the narrowest bar is one module wide. */
export interface CodeShape {
  /** Modules, without the quiet zone. */
  width: number
  height: number
  /** Dark rectangles as `[x, y, width, height]`; a linear code's are as high as the code is made. */
  bars: [number, number, number, number][]
  /** Modules that must stay white around it (ISO/IEC 18004, 16022 and 15417). */
  quietZone: number
}

const symbologies: Record<CodeKind, { bcid: string; quietZone: number; options: object }> = {
  qr: { bcid: 'qrcode', quietZone: 4, options: { eclevel: 'M' } },
  dataMatrix: { bcid: 'datamatrix', quietZone: 1, options: {} },
  code128: { bcid: 'code128', quietZone: 10, options: {} },
}

/**
 * A text as a code.
 * @throws CodedError `label.notEncodable` for what the code has no way to write: Code 128 has only printable ASCII.
 */
export function codeShape(kind: CodeKind, text: string): CodeShape {
  const { bcid, quietZone, options } = symbologies[kind]
  if (text === '' || (kind === 'code128' && !/^[\x20-\x7e]+$/.test(text)))
    throw new CodedError('label.notEncodable', `${text} cannot be written as ${kind}`, { text, kind })
  let drawn: Drawn | undefined
  try {
    // As bytes of UTF-8 where the code can, and never read for escapes.
    drawn = (bwipjs.raw({ bcid, text, ...options }) as Drawn[])[0]
  } catch (error) {
    throw new CodedError('label.notEncodable', String(error), { text, kind })
  }
  if (drawn && 'pixs' in drawn) return { ...matrixOf(drawn), quietZone }
  if (drawn && 'sbs' in drawn) return { ...linesOf(drawn), quietZone }
  throw new CodedError('label.notEncodable', `nothing was drawn for ${text}`, { text, kind })
}

interface Matrix {
  pixs: ArrayLike<number>
  pixx: number
  pixy: number
}
/** Widths in turn: a bar, a space, a bar. */
interface Lines {
  sbs: ArrayLike<number>
}
type Drawn = Matrix | Lines

function matrixOf({ pixs, pixx, pixy }: Matrix): Omit<CodeShape, 'quietZone'> {
  const bars: CodeShape['bars'] = []
  for (let y = 0; y < pixy; y++)
    for (let x = 0; x < pixx; x++) {
      if (!pixs[y * pixx + x]) continue
      let width = 1
      while (x + width < pixx && pixs[y * pixx + x + width]) width++
      bars.push([x, y, width, 1])
      x += width
    }
  return { width: pixx, height: pixy, bars }
}

function linesOf({ sbs }: Lines): Omit<CodeShape, 'quietZone'> {
  const bars: CodeShape['bars'] = []
  let x = 0
  for (let index = 0; index < sbs.length; index++) {
    const width = sbs[index] ?? 0
    if (index % 2 === 0) bars.push([x, 0, width, 1])
    x += width
  }
  return { width: x, height: 1, bars }
}
