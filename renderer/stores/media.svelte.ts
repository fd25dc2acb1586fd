import type { MediaDraft, MediaProgress, MediaResult, ProfileCheckView, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** A system that is being added from a medium, and checks of profiles. */
export class Media {
  isOpen = $state(false)
  draft = $state.raw<MediaDraft>()
  name = $state('')
  commandLine = $state('')
  result = $state.raw<MediaResult>()
  /** What the profile that was made of it looks like to the machines. */
  check = $state.raw<ProfileCheckView>()
  progress = $state.raw<MediaProgress | null>(null)
  isBusy = $state(false)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.mediaProgress !== undefined) this.progress = update.mediaProgress
  }

  open(): void {
    this.isOpen = true
    this.again()
  }

  close(): void {
    if (this.isBusy) this.cancel()
    this.isOpen = false
  }

  again(): void {
    this.draft = undefined
    this.result = undefined
    this.check = undefined
  }

  choose(kind: 'image' | 'folder'): Promise<void> {
    return this.#while(async () => this.#look((await this.#client.ask('media.choose', { kind }))?.value))
  }

  drop(path: string): Promise<void> {
    return this.#while(async () => this.#look((await this.#client.ask('media.open', { path }))?.value))
  }

  take(): Promise<void> {
    const { name, commandLine } = this
    return this.#while(async () => {
      const result = (await this.#client.ask('media.take', { name, commandLine }))?.value
      if (result) this.check = await this.inspect(result.profileId)
      this.result = result
    })
  }

  cancel(): void {
    void this.#client.ask('media.cancel', undefined)
  }

  async inspect(profileId: number): Promise<ProfileCheckView | undefined> {
    return (await this.#client.ask('profile.inspect', profileId))?.value
  }

  #look(draft: MediaDraft | null | undefined): void {
    if (!draft) return
    this.draft = draft
    this.name = draft.profile?.name ?? ''
    this.commandLine = draft.profile?.commandLine ?? ''
  }

  async #while(task: () => Promise<void>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    try {
      await task()
    } finally {
      this.isBusy = false
    }
  }
}
