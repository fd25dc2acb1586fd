import tftp from 'tftp'

/** Reads a whole file with the `tftp` package, which shares no code with our server. */
export function readByTftp({ address, port }: { address: string; port: number }, file: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const stream = tftp.createClient({ host: address, port }).createGetStream(file)
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('error', reject)
    stream.on('end', () => resolve(Buffer.concat(parts)))
  })
}
