import { describe, expect, it } from 'vitest'
import type { SittingView } from '../../../src/contract/index.ts'
import { localTime, makeSittingForm } from './sittingForm.ts'

const sitting: SittingView = {
  id: 3,
  title: 'Algorithmique',
  module: 'R2.04',
  roomId: 7,
  durationMinutes: 90,
  quorum: 0.8,
  warnings: [15, 5],
  collectMinutes: 5,
  graceMinutes: 10,
  wakes: false,
  isRehearsal: false,
  plannedAt: new Date(2027, 0, 18, 8, 30).getTime(),
  state: 'draft',
  candidates: [],
}

describe('the form of a sitting', () => {
  it('gives back what it was made of', () => {
    const { title, module, roomId, durationMinutes, quorum, warnings, plannedAt } = sitting
    const { collectMinutes, graceMinutes, wakes } = sitting
    expect(makeSittingForm(sitting).submit()).toEqual({
      title,
      module,
      roomId,
      profileId: undefined,
      plannedAt,
      durationMinutes,
      quorum,
      warnings,
      collectMinutes,
      graceMinutes,
      wakes,
    })
    expect(localTime(sitting.plannedAt!)).toBe('2027-01-18T08:30')
  })

  it('says which number cannot be', () => {
    const form = makeSittingForm(sitting)
    Object.assign(form.draft, { durationMinutes: '1h30', quorum: '120', warnings: '15, dix' })
    expect(form.submit()).toBeUndefined()
    expect(Object.keys(form.errors).sort()).toEqual(['durationMinutes', 'quorum', 'warnings'])
  })
})
