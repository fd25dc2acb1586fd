import type { ViewUpdate } from '../../src/contract/index.ts'
import { machineName, serviceName } from '../messages/sentences.ts'
import { t } from '../messages/words.svelte.ts'
import type { Exam } from './exam.svelte.ts'
import type { Machines } from './machines.svelte.ts'

const pauseBetween = 2_000

/** What a screen reader is told by itself: few things, and never more than one sentence every two seconds. */
export class Milestones {
  text = $state('')

  readonly #exam: Exam
  readonly #machines: Machines
  #facts: string[] = []
  #newlyReady = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(exam: Exam, machines: Machines) {
    this.#exam = exam
    this.#machines = machines
  }

  /** To be called with each update before the stores take it, so that it can be compared with what was. */
  notice(update: ViewUpdate): void {
    if (update.full) return
    const was = this.#exam.view.phase
    const is = update.exam?.phase ?? was
    if (is !== was && is === 'running') this.#facts.push(t('live.started'))
    if (is !== was && is === 'idle' && was === 'stopping') this.#facts.push(t('live.stopped'))
    for (const service of update.services ?? []) {
      const before = this.#exam.services.find(({ name }) => name === service.name)
      if (service.state === 'failed' && before?.state !== 'failed')
        this.#facts.push(t('live.serviceFailed', { service: serviceName(service.name) }))
    }
    for (const machine of update.machines ?? []) {
      const before = this.#machines.get(machine.mac)
      if (machine.stage === 'ready' && before?.stage !== 'ready') this.#newlyReady += 1
      if (machine.trouble && machine.trouble.code !== before?.trouble?.code)
        this.#facts.push(
          t('live.trouble', { name: machineName(machine), trouble: t(`trouble.${machine.trouble.code}`) }),
        )
    }
    const hasNews = this.#facts.length > 0 || this.#newlyReady > 0
    if (hasNews && this.#timer === undefined) this.#timer = setTimeout(() => this.#speak(), pauseBetween)
  }

  #speak(): void {
    this.#timer = undefined
    const { all, counts } = this.#machines
    if (this.#newlyReady > 0)
      this.#facts.push(counts.ready === all.length ? t('live.allReady') : t('live.ready', { count: counts.ready }))
    this.text = this.#facts.slice(-3).join(' ')
    this.#facts = []
    this.#newlyReady = 0
  }
}
