import { createHash } from 'node:crypto'
import { download, HttpFailed, readText, type HttpCaller } from './httpClient.ts'

/** Bytes per second at which a machine reads a subject. */
const subjectRate = 10_000_000

interface ExamState {
  token: string
  round: { number: number }
  subjects: { id: number; href: string }[]
}

/** What the agent of an exam machine does with exam files: fetches what is handed out, hands in when it is asked to. */
export class ExamFilesAgent {
  readonly #fetched = new Set<number>()
  #answered = 0

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
      if (state.round.number <= this.#answered) return
      await this.#handIn(caller, server, name, state)
      this.#answered = state.round.number
    } catch (error) {
      // An agent goes on: it tries again at its next turn.
      if (!(error instanceof HttpFailed)) throw error
    }
  }

  async #handIn(caller: HttpCaller, server: string, name: string, { token, round }: ExamState): Promise<void> {
    const body = `Copie de ${name}, ramassage ${round.number}.\n`.repeat(200)
    const sha256 = createHash('sha256').update(body).digest('hex')
    const wish = JSON.stringify({ name: 'copie.txt', size: Buffer.byteLength(body), sha256, candidate: name })
    const uploads = `${server}/exam/api/uploads`
    const begun = JSON.parse(
      await readText(caller, `${uploads}?token=${token}`, { type: 'application/json', body: wish }),
    ) as { id: string; offset?: number }
    if (begun.offset === undefined) return
    const rest = { type: 'application/octet-stream', body: body.slice(begun.offset), method: 'PUT' } as const
    await readText(caller, `${uploads}/${begun.id}?offset=${begun.offset}&token=${token}`, rest)
  }
}
