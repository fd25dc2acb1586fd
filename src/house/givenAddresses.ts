import type { NicAddress } from '../contract/index.ts'

/** Gives a NIC an address and returns what takes it away again. @throws CodedError `address.*` */
export type SetAddress = (nic: string, address: NicAddress) => Promise<() => Promise<void>>

/** The addresses that NICs were given for an exam: they are taken back after it. */
export class GivenAddresses {
  readonly #setAddress: SetAddress
  #undo: (() => Promise<void>)[] = []
  /** One at a time: each may ask the person for a password. Settles, always well. */
  #turn: Promise<void> = Promise.resolve()

  constructor(setAddress: SetAddress) {
    this.#setAddress = setAddress
  }

  give(nic: string, address: NicAddress): Promise<void> {
    return this.#inTurn(async () => {
      this.#undo.push(await this.#setAddress(nic, address))
    })
  }

  /**
   * The last one given first. One that cannot be taken back now is tried again the next time.
   * @throws what the first failure threw, after all were tried
   */
  takeBack(): Promise<void> {
    return this.#inTurn(async () => {
      const left: (() => Promise<void>)[] = []
      const errors: unknown[] = []
      for (const undo of this.#undo.reverse())
        await undo().catch((error: unknown) => {
          left.unshift(undo)
          errors.push(error)
        })
      this.#undo = left
      if (errors.length > 0) throw errors[0]
    })
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task)
    this.#turn = done.catch(() => {})
    return done
  }
}
