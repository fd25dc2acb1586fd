import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exportIsc } from './iscExport.ts'
import { importIsc } from './iscImport.ts'
import { anyPlan, everyOption } from './testdata/plans.ts'

it('writes what reads back as the same plan, with nothing left out', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const preview = importIsc(exportIsc(plan).text)
      expect(preview.errors).toEqual([])
      expect(preview.notTaken).toEqual([])
      expect(preview.plan).toEqual(plan)
    }),
    { numRuns: 300 },
  )
})

it('writes every option it has a name for', () => {
  const plan = everyOption(1)
  expect(importIsc(exportIsc(plan).text).plan).toEqual(plan)
})

it('writes a plan the same way every time, whatever was written before', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const { text } = exportIsc(plan)
      expect(exportIsc(importIsc(text).plan).text).toBe(text)
    }),
  )
})

it('spells text so that it stays on its line and in its quotes', () => {
  const { text } = exportIsc({
    options: [],
    bootFile: 'a"b\\c\né',
    subnets: [],
    reservations: [],
  })
  expect(text).toContain('filename "a\\"b\\\\c\\012\\303\\251";\n')
})
