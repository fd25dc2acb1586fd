import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificateFor, fingerprintOf, type Certificate, type Sealer } from './index.ts'
import { patterned, TestServer } from './testing.ts'

const { address } = TestServer
const dayMs = 86_400_000
let test: TestServer
let folder: string
let file: string

beforeEach(async () => {
  test = await TestServer.make()
  folder = mkdtempSync(join(tmpdir(), 'amorce-certificate-'))
  file = join(folder, 'tls', 'amorce.pem')
})
afterEach(async () => {
  await test.close()
  rmSync(folder, { recursive: true })
})

/** A client that trusts this certificate and no other. */
const get = (path: string, ca: string, range?: string): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const port = Number(test.server.secureEndpoint?.split(':')[1])
    const asked = request(
      { host: address, port, path, ca, agent: false, headers: range ? { range } : {} },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
const serve = (certificate: Certificate) => test.serve({ secure: { port: 0, certificate } })

describe('HTTPS', () => {
  it('gives files and ranges to a client that trusts the certificate of this address', async () => {
    const bytes = await test.fileOf('initrd.img', patterned(3_000_000))
    const certificate = await certificateFor(address, file, Date.now())
    await serve(certificate)
    expect((await get('/initrd.img', certificate.cert)).body.equals(bytes)).toBe(true)
    const part = await get('/initrd.img', certificate.cert, 'bytes=10-19')
    expect(part).toEqual({ status: 206, body: bytes.subarray(10, 20) })
  })

  it('is not taken by a client that trusts another one', async () => {
    await test.fileOf('x', 'x')
    await serve(await certificateFor(address, file, Date.now()))
    const other = await certificateFor(address, join(folder, 'other.pem'), Date.now())
    await expect(get('/x', other.cert)).rejects.toThrow(/self.signed|unable to verify/i)
  })

  it('leaves nothing open when its port is taken, nor when it was stopped', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen({ host: address, port: 0 }, resolve))
    const { port } = holder.address() as { port: number }
    const certificate = await certificateFor(address, file, Date.now())
    await expect(test.serve({ secure: { port, certificate } })).rejects.toMatchObject({ code: 'socket.portInUse' })
    expect(test.server.endpoint).toBeUndefined()
    await new Promise((resolve) => holder.close(resolve))
    await serve(certificate)
    await test.server.stop()
    expect(test.server.secureEndpoint).toBeUndefined()
  })
})

describe('the certificate', () => {
  it('is kept, for its owner’s eyes only, and found again', async () => {
    const made = await certificateFor(address, file, Date.now())
    expect(await certificateFor(address, file, Date.now() + dayMs)).toEqual(made)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(fingerprintOf(made)).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  it.each([
    ['for another address', '127.0.0.2', 0],
    ['when the old one is about to run out', address, 360 * dayMs],
  ])('is made anew %s', async (_, host, later) => {
    const made = await certificateFor(address, file, Date.now())
    expect(await certificateFor(host, file, Date.now() + later)).not.toEqual(made)
  })

  it('is made anew when what was kept is damaged', async () => {
    await certificateFor(address, file, Date.now())
    writeFileSync(file, readFileSync(file, 'utf8').replace(/[A-Za-z]{20}/, 'AAAAAAAAAAAAAAAAAAAA'))
    const made = await certificateFor(address, file, Date.now())
    await serve(made)
    await test.fileOf('x', 'x')
    expect((await get('/x', made.cert)).status).toBe(200)
  })
})

describe('where there is a keyring', () => {
  /** Sealed by one account, opened by no other. */
  const sealerOf = (account: number): Sealer => {
    const turned = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ account))
    return {
      seal: (text) => turned(Buffer.from(`${account} ${text}`)),
      open: (sealed) => {
        const text = turned(sealed).toString()
        if (!text.startsWith(`${account} `)) throw new Error('sealed by another account')
        return text.slice(String(account).length + 1)
      },
    }
  }
  const sealedFile = () => file.replace('.pem', '.sealed')

  it('the key is on the disk sealed alone, and is the same the next time', async () => {
    const made = await certificateFor(address, file, Date.now(), sealerOf(90))
    expect(existsSync(file)).toBe(false)
    expect(readFileSync(sealedFile()).toString('latin1')).not.toContain('PRIVATE KEY')
    expect(statSync(sealedFile()).mode & 0o777).toBe(0o600)
    expect(await certificateFor(address, file, Date.now(), sealerOf(90))).toEqual(made)
  })

  it('one that was kept in a file is taken over, and its file is gone', async () => {
    const before = await certificateFor(address, file, Date.now())
    expect(await certificateFor(address, file, Date.now(), sealerOf(90))).toEqual(before)
    expect(existsSync(file)).toBe(false)
    expect(await certificateFor(address, file, Date.now(), sealerOf(90))).toEqual(before)
  })

  it('one that another account has sealed is made anew', async () => {
    const before = await certificateFor(address, file, Date.now(), sealerOf(90))
    expect(await certificateFor(address, file, Date.now(), sealerOf(91))).not.toEqual(before)
  })
})
