import type {
  BootChoicesView,
  BootMenuInput,
  BootRuleInput,
  CandidateBoot,
  ChainChoice,
  Mac,
  Reply,
  SeveralBootsInput,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** What each machine boots: the rules and the boot menu. */
export class BootChoices {
  view = $state.raw<BootChoicesView>({ rules: [], menu: { timeoutSeconds: 20, hasCode: false } })
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.bootChoices) this.view = update.bootChoices
  }

  async set(rule: BootRuleInput): Promise<boolean> {
    return this.#take(await this.#client.ask('bootRule.set', rule))
  }

  /** @returns what to ask for to have it as it was; undefined when it was refused */
  async setSeveral(several: SeveralBootsInput): Promise<CandidateBoot[] | undefined> {
    const answer = await this.#client.ask('bootRule.setSeveral', several)
    if (!answer) return undefined
    this.view = answer.value.choices
    return answer.value.before
  }

  async remove(id: number): Promise<boolean> {
    return this.#take(await this.#client.ask('bootRule.remove', id))
  }

  saveMenu(menu: BootMenuInput): Promise<Reply<BootChoicesView>> {
    return this.#client.call('bootMenu.save', menu)
  }

  async chooseChain(mac: Mac, choice: ChainChoice): Promise<boolean> {
    return (await this.#client.ask('bootChain.choose', { mac, choice })) !== undefined
  }

  #take(answer: { value: BootChoicesView } | undefined): boolean {
    if (answer) this.view = answer.value
    return answer !== undefined
  }
}
