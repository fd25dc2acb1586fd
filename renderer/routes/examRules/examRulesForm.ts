import {
  examRulesInputSchema,
  presetRules,
  type ExamPreset,
  type ExamRules,
  type ExamRulesInput,
  type KioskKind,
} from '../../../src/contract/index.ts'
import { Form, linesOf, usualMessage } from '../../components/form.svelte.ts'
import { t } from '../../messages/words.svelte.ts'

export interface ExamRulesDraft {
  kiosk: KioskKind
  url: string
  /** One a line. */
  applications: string
  /** One a line: `host` or `host:port,port`. */
  allowed: string
  offline: boolean
  terminal: boolean
  lockUntilStart: boolean
  lockAtEnd: boolean
  autosaveMinutes: string
  homeMb: string
  keyboard: string
}

const usualPorts = [80, 443]

export const makeExamRulesForm = (rules: ExamRules | null): Form<ExamRulesDraft, ExamRulesInput> =>
  new Form(draftOf(rules ?? presetRules.web), examRulesInputSchema, toInput, (field, issue) => {
    if (field === 'url') return t('examRules.url.error')
    if (field === 'applications') return t('examRules.applications.error')
    if (field === 'allowed') return t('examRules.allowed.error')
    if (field === 'autosaveMinutes') return t('field.range', { min: 0, max: 120 })
    return field === 'homeMb' ? t('field.range', { min: 32, max: 16_384 }) : usualMessage(issue)
  })

/** What a preset says replaces what was there, but for the places a person has named. */
export function takePreset(draft: ExamRulesDraft, preset: ExamPreset): void {
  const { url, allowed } = draft
  Object.assign(draft, draftOf(presetRules[preset]), { url, allowed })
}

const draftOf = (rules: ExamRules): ExamRulesDraft => ({
  ...rules,
  applications: rules.applications.join('\n'),
  allowed: rules.allowed.map(({ host, ports }) => lineOf(host, ports)).join('\n'),
  autosaveMinutes: String(rules.autosaveMinutes),
  homeMb: String(rules.homeMb),
})

const lineOf = (host: string, ports: readonly number[]): string =>
  ports.join() === usualPorts.join() ? host : `${host}:${ports.join(',')}`

function toInput(draft: ExamRulesDraft): unknown {
  const url = draft.kiosk === 'exam' ? '' : draft.url.trim()
  const allowed = linesOf(draft.allowed).map((line) => {
    const [host = '', ports] = line.split(':', 2)
    return { host, ports: ports === undefined ? usualPorts : ports.split(',').map(numberOf) }
  })
  const page = hostOf(url)
  const isNamed = page === undefined || allowed.some(({ host }) => host.trim().toLowerCase() === page.host)
  return {
    ...draft,
    url,
    // A page needs its server.
    offline: draft.kiosk === 'applications' && draft.offline,
    applications: linesOf(draft.applications),
    // The page that is opened may be opened.
    allowed: isNamed ? allowed : [...allowed, page],
    autosaveMinutes: numberOf(draft.autosaveMinutes),
    homeMb: numberOf(draft.homeMb),
  }
}

const numberOf = (text: string): number => (text.trim() === '' ? NaN : Number(text))

function hostOf(url: string): { host: string; ports: number[] } | undefined {
  try {
    const { hostname, port } = new URL(url)
    return hostname === '' ? undefined : { host: hostname, ports: port === '' ? usualPorts : [Number(port)] }
  } catch {
    return undefined
  }
}
