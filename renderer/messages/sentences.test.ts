import { expect, it } from 'vitest'
import type { AmorceEvent } from '../../src/contract/index.ts'
import { commonPrefix, eventSentence, machineName, preflightSentence, shortName, troubleWords } from './sentences.ts'

const mac = '52:54:00:ab:cd:ef'
const item = { id: 1, assetTag: 'B104-A4', location: '' }

it('calls a machine by its asset tag, its own name, or the end of its MAC', () => {
  expect(machineName({ mac, hostName: 'pc4', item })).toBe('B104-A4')
  expect(machineName({ mac, hostName: 'pc4' })).toBe('pc4')
  expect(machineName({ mac })).toBe('Poste CDEF')
})

it('shortens names by what they all begin with', () => {
  const prefix = commonPrefix(['B104-A1', 'B104-A2', 'B104-B1'])
  expect(prefix).toBe('B104-')
  expect(shortName({ mac, item }, prefix)).toBe('A4')
  expect(shortName({ mac }, prefix)).toBe('CDEF')
})

it.each([
  ['no names', []],
  ['two names', ['B104-A1', 'B104-A2']],
  ['names with nothing in common', ['A1', 'B1', 'C1']],
  ['names in common up to no separator', ['poste1', 'poste2', 'poste3']],
])('takes nothing away from %s', (_, names) => {
  expect(commonPrefix(names)).toBe('')
})

it('says what happened and what to do, with the facts that are known', () => {
  const trouble = { code: 'fileMissing', severity: 'blocked', since: 0, facts: { file: 'ipxe.efi' } } as const
  const said = { confidence: 0.9, evidence: [], others: [] }
  const { what, remedy } = troubleWords({ ...trouble, ...said }, 'A4')
  expect(what).toContain('A4 a demandé «\u00a0ipxe.efi\u00a0»')
  expect(remedy).not.toContain('…')
  expect(troubleWords({ ...trouble, ...said, facts: { file: 'a', nearest: 'b' } }, 'A4').remedy).toContain(
    '«\u00a0b\u00a0»',
  )
})

it('writes checks with sizes and speeds as people do', () => {
  const sentence = preflightSentence({
    check: 'disk',
    verdict: 'ok',
    finding: 'disk.ok',
    details: { freeBytes: 48_300_000_000 },
  })
  expect(sentence).toMatch(/^48,3\sGo libres\.$/)
  expect(preflightSentence({ check: 'disk', verdict: 'pending', details: {} })).toBe('Vérifications en cours…')
})

it.each<[AmorceEvent, string]>([
  [
    { type: 'dhcp.silent', at: 0, mac, reason: 'otherServerChosen', serverId: '10.0.0.1' },
    'A choisi un autre serveur DHCP, 10.0.0.1',
  ],
  [{ type: 'dhcp.nak', at: 0, mac, reason: 'taken' }, 'Adresse refusée\u00a0: un autre poste l’a'],
  [{ type: 'journal.skipped', at: 0, count: 2 }, '2 événements comptés sans être gardés\u00a0: trop à la fois'],
  [
    { type: 'boot.report', at: 0, mac, client: '', facts: { manufacturer: 'Dell', product: 'OptiPlex' } },
    'S’est présenté\u00a0: Dell OptiPlex',
  ],
])('puts %j into a sentence', (event, sentence) => {
  expect(eventSentence(event)).toBe(sentence)
})
