import { expect, it } from 'vitest'
import type { SettingsView } from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'
import { makeNetworkForm, makeRoomForm } from './settingsForms.ts'

const settings: SettingsView = {
  language: 'fr',
  theme: 'system',
  roomName: 'B104',
  nic: '',
  technician: '',
  poolStart: '',
  poolEnd: '',
  leaseSeconds: 3600,
  httpPort: 8080,
  tftpSinglePort: false,
  tftpMaxBlockSize: 1468,
  tftpUploads: false,
  tftpUploadMaxMb: 64,
  tftpUploadMaxFiles: 100,
  expectedMachines: 30,
}

it('reads and writes leases in minutes', () => {
  const form = makeNetworkForm(settings)
  expect(form.draft.leaseSeconds).toBe('60')
  form.draft.leaseSeconds = '90'
  expect(form.submit()).toEqual({ poolStart: '', poolEnd: '', leaseSeconds: 5400, httpPort: 8080 })
})

it.each(['', 'abc', '-1', '1.5', '99999999'])('refuses %j where a number belongs', (typed) => {
  const form = makeNetworkForm(settings)
  form.draft.httpPort = typed
  expect(form.errors.httpPort).toBeDefined()
  expect(form.submit()).toBeUndefined()
})

it('takes an empty pool, and refuses what is no address', () => {
  const form = makeNetworkForm({ ...settings, poolStart: '10.0.0.5' })
  form.draft.poolStart = ''
  expect(form.errors.poolStart).toBeUndefined()
  form.draft.poolEnd = '10.0.0.256'
  expect(form.errors.poolEnd).toBe(t('field.ipv4'))
})

it('knows whether there is anything to save', () => {
  const form = makeRoomForm(settings)
  expect(form.isChanged).toBe(false)
  form.draft.roomName = 'B105'
  expect(form.isChanged).toBe(true)
  form.draft.roomName = 'B104'
  expect(form.isChanged).toBe(false)
})
