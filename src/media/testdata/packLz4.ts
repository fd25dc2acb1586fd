/** A frame as `lz4 -l` writes it, of blocks that hold what they are given as it is. */
export const packLz4 = (...blocks: Buffer[]): Buffer => Buffer.concat([mark, ...blocks.map((block) => lz4Block(block))])

const mark = Buffer.from([0x02, 0x21, 0x4c, 0x18])

/** A block with its length before it: literals only, which any packer may write. */
function lz4Block(content: Buffer): Buffer {
  const rest = content.length - 15
  const head = rest < 0 ? [content.length << 4] : [0xf0, ...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255]
  const size = Buffer.alloc(4)
  size.writeUInt32LE(head.length + content.length)
  return Buffer.concat([size, Buffer.from(head), content])
}
