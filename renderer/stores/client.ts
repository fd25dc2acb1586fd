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
  readonly #onLocked: () => Promise<boolean>

  /**
   * @param onError told of every refused command that was sent by `ask`.
   * @param onLocked asks for the technician's PIN; whether what it keeps is open now. Nobody is asked unless given.
   */
  constructor(
    bridge: AmorceBridge,
    onError: (error: WireError) => void,
    onLocked: () => Promise<boolean> = () => Promise.resolve(false),
  ) {
    this.#bridge = bridge
    this.#onError = onError
    this.#onLocked = onLocked
  }

  /** For callers that show the error in its place. Never rejects. */
  async call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Reply<CommandOutput<Name>>> {
    try {
      const reply = await this.#bridge.call(name, input)
      const isLocked = !reply.ok && reply.error.code === 'pin.needed'
      return isLocked && (await this.#onLocked()) ? await this.#bridge.call(name, input) : reply
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
