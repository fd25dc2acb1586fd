/**
 * One shape of option value. The law every shape keeps: `decode(encode(value))` equals `value`, and what `decode`
 * accepts, `encode` writes back in a form that decodes to the same value.
 */
export interface OptionShape<Value> {
  /** @returns undefined when the bytes do not have this shape. Never throws: the bytes come from the network. */
  decode(bytes: Uint8Array): Value | undefined
  encode(value: Value): Uint8Array
}

/** Reads one option, or undefined when it is absent or does not have the shape. */
export const readOption = <Value>(
  options: ReadonlyMap<number, Uint8Array>,
  code: number,
  shape: OptionShape<Value>,
): Value | undefined => {
  const bytes = options.get(code)
  return bytes && shape.decode(bytes)
}
