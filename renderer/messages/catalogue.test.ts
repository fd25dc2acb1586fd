import { describe, expect, it } from 'vitest'
import {
  bootScopes,
  bootSources,
  chainChoices,
  chainLimits,
  errorCodes,
  eventGroups,
  examSteps,
  firmwareKinds,
  groupsByEvent,
  itemStates,
  itemTypes,
  windowsKioskKinds,
  leaseViewStates,
  nicKinds,
  poolStates,
  preflightFindings,
  profilePurposes,
  profileSystems,
  roomTroubleCodes,
  serviceNames,
  stages,
  tftpFailureKinds,
  tftpNoteKinds,
  transferDirections,
  transferStates,
  troubleCodes,
} from '../../src/contract/index.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { fillMessage, placeholdersIn, type Message } from './message.ts'
import { isMessageKey } from './words.svelte.ts'

const catalogues: Record<'fr' | 'en', Record<string, Message>> = { fr, en }
const keys = Object.keys(fr)

describe('the two catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort())
  })

  it.each(keys)('%s has the same placeholders in both', (key) => {
    expect(placeholdersIn(catalogues.en[key] ?? '')).toEqual(placeholdersIn(catalogues.fr[key] ?? ''))
  })

  it.each(keys)('%s counts in both or in neither', (key) => {
    expect(typeof catalogues.en[key]).toBe(typeof catalogues.fr[key])
  })

  it.each(keys)('%s is not empty and its brackets close', (key) => {
    for (const message of [catalogues.fr[key] ?? '', catalogues.en[key] ?? '']) {
      for (const text of typeof message === 'string' ? [message] : [message.one, message.other]) {
        expect(text.trim()).not.toBe('')
        expect(text.replace(/\[[^[\]{}]*(\{\w+\}[^[\]{}]*)+\]/g, '').replace(/\{\w+\}/g, '')).not.toMatch(/[[\]{}]/)
      }
    }
  })
})

describe('everything the contract can show has words', () => {
  const needed = [
    ...errorCodes.flatMap((code) => [`error.${code}.title`, `error.${code}.remedy`]),
    ...stages.flatMap((stage) => [`stage.${stage}`, `stage.${stage}.long`]),
    ...troubleCodes.flatMap((code) => [`trouble.${code}`, `trouble.${code}.what`, `trouble.${code}.do`]),
    ...roomTroubleCodes.flatMap((code) => [`${code}.title`, `${code}.text`, `${code}.do`]),
    ...Object.entries(preflightFindings).flatMap(([check, findings]) => [
      `preflight.${check}.title`,
      ...findings.map((finding) => `preflight.${check}.${finding}`),
    ]),
    ...nicKinds.map((kind) => `nic.kind.${kind}`),
    ...firmwareKinds.map((kind) => `firmware.${kind}`),
    ...examSteps.map((step) => `exam.step.${step}`),
    ...serviceNames.flatMap((name) => [`service.${name}`, `service.count.${name}`]),
    ...eventGroups.map((group) => `group.${group}`),
    ...itemTypes.map((type) => `itemType.${type}`),
    ...itemStates.map((state) => `itemState.${state}`),
    ...leaseViewStates.map((state) => `leaseState.${state}`),
    ...tftpFailureKinds.flatMap((kind) => [`tftpFailure.${kind}`, `tftpFailure.${kind}.do`]),
    ...tftpNoteKinds.map((kind) => `tftpNote.${kind}`),
    ...transferStates.map((state) => `transferState.${state}`),
    ...transferDirections.map((direction) => `transferDirection.${direction}`),
    ...poolStates.map((state) => `poolState.${state}`),
    ...profileSystems.map((system) => `profileSystem.${system}`),
    ...profilePurposes.map((purpose) => `profilePurpose.${purpose}`),
    ...bootScopes.map((scope) => `bootScope.${scope}`),
    ...bootSources.map((source) => `bootRule.${source}`),
    ...chainChoices.map((choice) => `chainChoice.${choice}`),
    ...windowsKioskKinds.flatMap((kind) => [`windowsKiosk.${kind}`, `windowsKiosk.${kind}.hint`]),
    ...chainLimits.map((limit) => `chainLimit.${limit}`),
  ]

  it.each(needed)('%s', (key) => {
    expect(isMessageKey(key)).toBe(true)
  })

  it.each(Object.keys(groupsByEvent))('the journal event %s', (type) => {
    const key = `journal.${type}`
    expect(keys.some((candidate) => candidate === key || candidate.startsWith(`${key}.`))).toBe(true)
  })
})

describe('fillMessage', () => {
  it('puts values in place', () => {
    expect(fillMessage('{a} then {b}', { a: 'x', b: 2 }, 'en')).toBe('x then 2')
  })

  it('leaves a bracketed part out when its value is missing', () => {
    expect(fillMessage('gone[ to {place}].', {}, 'en')).toBe('gone.')
    expect(fillMessage('gone[ to {place}].', { place: 'B104' }, 'en')).toBe('gone to B104.')
  })

  it('never takes a value for a placeholder or a bracket', () => {
    expect(fillMessage('{a}[ {b}]', { a: '{b} [x]', b: '1' }, 'en')).toBe('{b} [x] 1')
  })

  it('chooses the plural of the language', () => {
    const message = { one: '{count} poste', other: '{count} postes' }
    expect([0, 1, 2].map((count) => fillMessage(message, { count }, 'fr'))).toEqual(['0 poste', '1 poste', '2 postes'])
    expect(fillMessage({ one: '{count} item', other: '{count} items' }, { count: 0 }, 'en')).toBe('0 items')
  })

  it('sets French spaces that do not break', () => {
    expect(fillMessage('Prêt : « oui » !', {}, 'fr')).toBe('Prêt\u00a0: «\u00a0oui\u00a0»\u00a0!')
  })
})
