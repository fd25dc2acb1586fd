import type { AmorceBridge, CommandName, MachineView, ViewUpdate, WireError } from '../../src/contract/index.ts'

// What the store tests share: a bridge that is driven by hand, and machines with only what a test cares for.

type Answer = (input: unknown) => unknown

export class HandBridge implements AmorceBridge {
  pathOf = (): string => ''
  readonly calls: { name: CommandName; input: unknown }[] = []
  readonly answers = new Map<CommandName, Answer>()
  #listener: ((update: ViewUpdate) => void) | undefined

  answer(name: CommandName, answer: Answer): this {
    this.answers.set(name, answer)
    return this
  }

  // The answers of a test are trusted to have the shape of the command they answer.
  readonly call: AmorceBridge['call'] = async (name, input) => {
    this.calls.push({ name, input })
    try {
      return { ok: true, value: (await this.answers.get(name)?.(input)) as never }
    } catch (error) {
      return { ok: false, error: error as WireError }
    }
  }

  onUpdate(listener: (update: ViewUpdate) => void): () => void {
    this.#listener = listener
    return () => (this.#listener = undefined)
  }

  push(update: ViewUpdate): void {
    this.#listener?.(update)
  }

  inputsOf(name: CommandName): unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.input)
  }
}

export const aMachine = (mac: string, rest: Partial<MachineView> = {}): MachineView => ({
  mac,
  firmware: 'uefi-x64',
  stage: 'heard',
  reached: 'heard',
  stageSince: 0,
  progress: 0,
  boots: 1,
  firstHeardAt: 0,
  lastHeardAt: 0,
  facts: {},
  ...rest,
})

/** Lets promises that are already settled run their course. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
