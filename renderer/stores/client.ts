import type {
  AmorceBridge,
  CommandInput,
  CommandName,
  CommandOutput,
  Reply,
  WireError,
} from '../../src/contract/index.ts'

/** Sends commands to main. Only plain values may be sent: reactive ones are to be taken out of their proxies first. */
export class Client {
  readonly #bridge: AmorceBridge
  readonly #onError: (error: WireError) => void

  /** @param onError told of every refused command that was sent by `ask`. */
  constructor(bridge: AmorceBridge, onError: (error: WireError) => void) {
    this.#bridge = bridge
    this.#onError = onError
  }

  /** For callers that show the error in its place. Never rejects. */
  async call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Reply<CommandOutput<Name>>> {
    try {
      return await this.#bridge.call(name, input)
    } catch (error) {
      return { ok: false, error: { code: 'internal', message: String(error), details: { command: name } } }
    }
  }

  /** For callers that only care for success: an error is shown as a notification, and the answer is undefined. */
  async ask<Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
  ): Promise<{ value: CommandOutput<Name> } | undefined> {
    const reply = await this.call(name, input)
    if (reply.ok) return { value: reply.value }
    this.#onError(reply.error)
    return undefined
  }
}
