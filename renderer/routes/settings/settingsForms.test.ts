import { expect, it } from 'vitest'
import { defaultDhcpChoices, type SettingsView } from '../../../src/contract/index.ts'
import { t } from '../../messages/words.svelte.ts'
import { makeNetworkForm } from './networkForm.ts'
import { makeRoomForm } from './settingsForms.ts'

const settings: SettingsView = {
  language: 'fr',
  guideDone: true,
  theme: 'system',
  roomName: 'B104',
  roomId: 0,
  planZooms: {},
  invigilator: '',
  nic: '',
  technician: '',
  stockNotifications: true,
  poolStart: '',
  poolEnd: '',
  leaseSeconds: 3600,
  httpPort: 8080,
  httpsPort: 8443,
  tftpSinglePort: false,
  tftpMaxBlockSize: 1468,
  tftpUploads: false,
  tftpUploadMaxMb: 64,
  tftpUploadMaxFiles: 100,
  incidentAlerts: true,
  retentionDays: 0,
  windowsKit: null,
  expectedMachines: 30,
  ...defaultDhcpChoices,
}

it('reads and writes leases in minutes', () => {
  const form = makeNetworkForm(settings)
  expect(form.draft.leaseSeconds).toBe('60')
  form.draft.leaseSeconds = '90'
  expect(form.submit()).toMatchObject({ poolStart: '', poolEnd: '', leaseSeconds: 5400, httpPort: 8080 })
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

it('gives back what it was given, whatever that is', () => {
  const rich: SettingsView = {
    ...settings,
    router: '192.168.60.254',
    dnsServers: ['192.168.60.2', '192.168.60.3'],
    minLeaseSeconds: 600,
    excluded: ['192.168.60.60-192.168.60.69'],
    deny: ['52:54:00:00:00:01'],
    options: [
      { code: 42, value: { type: 'addresses', addresses: ['192.168.60.2'] } },
      { code: 26, value: { type: 'numbers', size: 2, signed: false, numbers: [1400] }, always: true },
      { code: 2, value: { type: 'numbers', size: 4, signed: true, numbers: [-3600] } },
      { code: 19, value: { type: 'flag', flag: true } },
      { code: 119, value: { type: 'domains', domains: ['a.example', 'b.example'] } },
      { code: 224, value: { type: 'bytes', hex: '0aff' } },
    ],
    subnets: [
      {
        ...{ network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.10', poolEnd: '10.0.20.90', router: '10.0.20.254' },
        excluded: ['10.0.20.20'],
        leaseSeconds: 600,
      },
    ],
  }
  const input = makeNetworkForm(rich).submit() ?? {}
  for (const [key, value] of Object.entries(input)) expect([key, value]).toEqual([key, rich[key as keyof SettingsView]])
  expect(Object.keys(input)).toEqual(expect.arrayContaining(Object.keys(defaultDhcpChoices)))
})

it.each([
  ['options', { code: '42', kind: 'addresses', text: 'ntp.example', always: false }],
  ['options', { code: '0', kind: 'text', text: 'x', always: false }],
  ['options', { code: '26', kind: 'uint16', text: 'many', always: false }],
  ['options', { code: '224', kind: 'bytes', text: 'xyz', always: false }],
] as const)('says that %s cannot hold %j', (field, row) => {
  const form = makeNetworkForm(settings)
  form.draft[field] = [row]
  expect(form.errors[field]).toBeDefined()
  expect(form.submit()).toBeUndefined()
})

it('says what is wrong with a list', () => {
  const form = makeNetworkForm(settings)
  form.draft.deny = '52:54:00:00:00:01\nnot a MAC'
  expect(form.errors.deny).toBe(t('field.mac'))
  form.draft.excluded = '192.168.60.9 - 192.168.60.12'
  expect(form.errors.excluded).toBeUndefined()
  form.draft.excluded = '192.168.60.9-'
  expect(form.errors.excluded).toBeDefined()
})
