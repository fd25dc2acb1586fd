import { expect, it } from 'vitest'
import { t } from '../../messages/words.svelte.ts'
import { makeItemForm } from './itemForm.ts'

it('says nothing of an empty form until a save is tried', () => {
  const form = makeItemForm()
  expect(form.errors).toEqual({})
  expect(form.submit()).toBeUndefined()
  expect(form.errors).toEqual({ assetTag: t('field.required') })
})

it('checks a field as it is typed in', () => {
  const form = makeItemForm()
  form.draft.macs = '52:54:00:12:34:5'
  form.draft.uuid = 'abc'
  form.draft.model = 'x'.repeat(129)
  expect(form.errors).toEqual({ macs: t('field.mac'), uuid: t('field.uuid'), model: t('field.tooLong') })
  form.draft.macs = '52:54:00:12:34:56'
  expect(form.errors.macs).toBeUndefined()
})

it('gives what the contract wants: MACs of any writing, one per line', () => {
  const form = makeItemForm()
  form.draft.assetTag = '  INV-1 '
  form.draft.macs = ' 52-54-00-AA-BB-CC \n\n52:54:00:aa:bb:cd'
  expect(form.submit()).toMatchObject({
    assetTag: 'INV-1',
    macs: ['52:54:00:aa:bb:cc', '52:54:00:aa:bb:cd'],
  })
  expect(form.isChanged).toBe(true)
})

it('shows a refusal by main until the field says something else', () => {
  const form = makeItemForm()
  form.draft.assetTag = 'INV-1'
  form.refuse('assetTag', 'taken')
  expect(form.errors.assetTag).toBe('taken')
  form.draft.assetTag = 'INV-2'
  expect(form.errors.assetTag).toBeUndefined()
})
