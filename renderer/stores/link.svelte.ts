import type { Mac, VendorAnswer } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** A machine's cable, and who made its card. */
export class Link {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** @returns whether the wish was taken. */
  async measure(mac: Mac): Promise<boolean> {
    return (await this.#client.ask('link.measure', mac)) !== undefined
  }

  async isAwaited(mac: Mac): Promise<boolean> {
    const reply = await this.#client.call('link.isAwaited', mac)
    return reply.ok && reply.value
  }

  async vendorOf(mac: Mac): Promise<VendorAnswer | undefined> {
    return (await this.#client.ask('vendor.of', mac))?.value
  }
}
