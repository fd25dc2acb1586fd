import { createHash } from 'node:crypto'
import { download, HttpFailed, readText, type HttpCaller } from './httpClient.ts'

/** Bytes per second at which a machine reads a subject. */
const subjectRate = 10_000_000

interface ExamWork {
  name: string
  version: number
  href: string
}

interface ExamState {
  token: string
  round: { number: number }
  subjects: { id: number; href: string }[]
  /** Newest first. */
  works: ExamWork[]
  /** Who sits there. */
  sitter?: { number: string }
}

/**
 * What the agent of an exam machine does with exam files: fetches what is handed out, goes on with the work that who sits
 * there has handed in elsewhere, hands in when it is asked to.
 */
export class ExamFilesAgent {
  readonly #fetched = new Set<number>()
  #answered = 0
  /** Whose file is open, and what stands in it; not known before the first look. */
  #draft: { whose: string; text: string } | undefined

  /** Bytes of it that were written on another machine, or before a reboot. */
  restored = 0

  /**
   * One look at what there is to do. A console that has no exam files is left alone.
   * @param server `http://192.168.60.1:8067`
   */
  async turn(caller: HttpCaller, server: string, name: string): Promise<void> {
    try {
      const state = JSON.parse(await readText(caller, `${server}/exam/api/state`)) as ExamState
      for (const { id, href } of state.subjects) {
        if (this.#fetched.has(id)) continue
        await download(caller, `${server}${href}`, subjectRate)
        this.#fetched.add(id)
      }
      const whose = state.sitter?.number ?? ''
      if (this.#draft?.whose !== whose) this.#draft = { whose, text: await this.#restore(caller, server, state) }
      if (state.round.number <= this.#answered) return
      await this.#handIn(caller, server, name, state)
      this.#answered = state.round.number
    } catch (error) {
      // An agent goes on: it tries again at its next turn.
      if (!(error instanceof HttpFailed)) throw error
    }
  }

  async #restore(caller: HttpCaller, server: string, { works }: ExamState): Promise<string> {
    const latest = works.find(({ name }) => name === 'copie.txt')
    if (!latest) return ''
    const text = await readText(caller, `${server}${latest.href}`)
    this.restored = Buffer.byteLength(text)
    return text
  }

  async #handIn(caller: HttpCaller, server: string, name: string, { token, round }: ExamState): Promise<void> {
    const body = `${this.#draft?.text ?? ''}${`Copie de ${name}, ramassage ${round.number}.\n`.repeat(200)}`
    const sha256 = createHash('sha256').update(body).digest('hex')
    const wish = JSON.stringify({ name: 'copie.txt', size: Buffer.byteLength(body), sha256, candidate: name })
    const uploads = `${server}/exam/api/uploads`
    const begun = JSON.parse(
      await readText(caller, `${uploads}?token=${token}`, { type: 'application/json', body: wish }),
    ) as { id: string; offset?: number }
    if (begun.offset === undefined) return
    const rest = { type: 'application/octet-stream', body: body.slice(begun.offset), method: 'PUT' } as const
    await readText(caller, `${uploads}/${begun.id}?offset=${begun.offset}&token=${token}`, rest)
    if (this.#draft) this.#draft.text = body
  }
}
