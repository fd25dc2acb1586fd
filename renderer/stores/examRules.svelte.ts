import type { ExamRules, ExamRulesInput, Reply } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** Which boot profiles are locked-down exams, and by which rules. */
export class ExamRulesDesk {
  /** Ids of the profiles that have rules. */
  profiles = $state.raw<ReadonlySet<number>>(new Set())

  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async load(): Promise<void> {
    const asked = await this.#client.ask('examRules.profiles', undefined)
    if (asked) this.profiles = new Set(asked.value)
  }

  /** null for a profile without; undefined when they could not be read, which was told. */
  async of(profileId: number): Promise<ExamRules | null | undefined> {
    return (await this.#client.ask('examRules.get', profileId))?.value
  }

  /** null for a sitting that is held by those of its profile; undefined when they could not be read, which was told. */
  async ofSitting(sittingId: number): Promise<ExamRules | null | undefined> {
    return (await this.#client.ask('examRules.ofSitting', sittingId))?.value
  }

  setOfSitting(sittingId: number, rules: ExamRulesInput | null, who: string): Promise<Reply<ExamRules | null>> {
    return this.#client.call('examRules.setOfSitting', { sittingId, rules, who })
  }

  async set(profileId: number, rules: ExamRulesInput | null): Promise<Reply<ExamRules | null>> {
    const reply = await this.#client.call('examRules.set', { profileId, rules })
    if (reply.ok) await this.load()
    return reply
  }
}
