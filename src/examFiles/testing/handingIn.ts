import { createHash } from 'node:crypto'
import { request } from 'node:http'

export interface Receipt {
  seat?: string
  name: string
  version: number
  size: number
  sha256: string
  candidate: string
  round: number
  href?: string
}

/** What the server said, whatever it was asked: a test looks at what it knows is there. */
export interface Said {
  id: string
  offset: number
  code: string
  receipt?: Receipt
  token: string
  subjects: { name: string; href: string }[]
  works: Receipt[]
  round: { number: number; isFinal: boolean }
}

/** An exam machine that hands in its work as the page does, for the tests. */
export class HandingIn {
  #token = ''
  readonly #port: number
  readonly #address: string

  constructor(port: number, address = '127.0.0.1') {
    this.#port = port
    this.#address = address
  }

  async call(method: string, path: string, body?: Buffer): Promise<{ status: number; value: Said; raw: Buffer }> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...{ host: '127.0.0.1', port: this.#port, method, path, localAddress: this.#address, agent: false },
          headers: { 'X-Exam-Token': this.#token, ...(body && { 'Content-Length': body.length }) },
        },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('error', reject)
          answer.on('end', () => {
            const raw = Buffer.concat(parts)
            const isJson = /json/.test(answer.headers['content-type'] ?? '')
            resolve({ status: answer.statusCode ?? 0, value: (isJson ? JSON.parse(raw.toString()) : {}) as Said, raw })
          })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  async state(): Promise<Said> {
    const { value } = await this.call('GET', '/exam/api/state')
    this.#token = value.token
    return value
  }

  begin(name: string, content: Buffer, sha256 = hashOf(content)): Promise<{ status: number; value: Said }> {
    const wish = { name, size: content.length, sha256, candidate: 'Ada' }
    return this.call('POST', '/exam/api/uploads', Buffer.from(JSON.stringify(wish)))
  }

  put(id: string, offset: number, part: Buffer): Promise<{ status: number; value: Said }> {
    return this.call('PUT', `/exam/api/uploads/${id}?offset=${offset}`, part)
  }

  /** Sends it whole, in parts. @returns the receipt */
  async handIn(name: string, content: Buffer, partBytes = 64 * 1024): Promise<Receipt> {
    let { value } = await this.begin(name, content)
    while (!value.receipt) {
      if (value.code) throw new Error(JSON.stringify(value))
      const { id, offset } = value
      const next = await this.put(id, offset, content.subarray(offset, offset + partBytes))
      value = { ...next.value, id }
    }
    return value.receipt
  }
}

export const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
