import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { AmorceEvent } from '../contract/index.ts'
import { createBootRoutes } from './routes.ts'
import { linuxProfile } from './testing.ts'

const mac = '52:54:00:12:34:56'
const exam = linuxProfile()
const disk = linuxProfile({ id: 2, name: 'Disque local', system: 'localDisk', purpose: 'everyday' })

let events: AmorceEvent[]
let routes: ReturnType<typeof createBootRoutes>

beforeEach(() => {
  events = []
  const entries = [
    { profile: exam, needsCode: false },
    { profile: disk, needsCode: true },
  ]
  routes = createBootRoutes({
    profileFor: () => exam,
    menuDesk: {
      menuFor: () => ({ entries, usual: exam, timeoutSeconds: 15 }),
      pick: (_mac, id, code) =>
        entries.find(({ profile, needsCode }) => profile.id === id && (!needsCode || code === 'Sésame'))?.profile,
    },
    macOf: () => mac,
    serverUrl: 'http://192.168.60.1:8080',
    language: () => 'en',
    clock: new ManualClock(),
    emit: (event) => events.push(event),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
})

async function ask(query: string): Promise<string> {
  const reply = await routes({
    ...{ method: 'GET', path: `/boot/${mac}/script.ipxe`, query: new URLSearchParams(query) },
    ...{ client: '192.168.60.20', headers: {}, body: Buffer.alloc(0) },
  })
  return String(reply?.body)
}
const codeOf = (text: string): string => `encoding=hex&code=${Buffer.from(text).toString('hex')}`

describe('the boot menu', () => {
  it('is this, to the letter', async () => {
    const chain = `chain --autofree --replace http://192.168.60.1:8080/boot/${mac}/script.ipxe`
    expect(await ask('encoding=hex&product=50')).toBe(`#!ipxe
set attempt:int32 1
:menu
menu Amorce: what is ${mac} to start?
item 7 Debian exam
item 2 Disque local (technician code, Password)
choose --default 7 --timeout 15000 chosen || goto menu
goto chosen\${chosen}
:chosen7
${chain}?pick=7 || goto failed
:chosen2
clear username
clear password
login || goto menu
${chain}?pick=2&encoding=hex&code=\${password:hexraw} || goto failed
:again
goto chosen7
:failed
echo Amorce: no answer from http://192.168.60.1:8080 (\${errno}) [\${attempt}/5]
iseq \${attempt} 5 && goto givenUp || inc attempt || goto givenUp
sleep 5
goto again
:givenUp
echo Amorce: http://192.168.60.1:8080 does not answer. Call the technician. Any key restarts the machine.
prompt --timeout 120000 ||
reboot || exit 1
`)
  })

  it('reports the machine, and says what it boots only once that was chosen', async () => {
    await ask('encoding=hex&product=50')
    expect(events.map(({ type }) => type)).toEqual(['boot.report'])
    expect(await ask('pick=7')).toContain('kernel ')
    expect(events.slice(1)).toMatchObject([{ type: 'boot.script', profileId: 7 }])
  })

  it('opens with the code, sent as bytes', async () => {
    expect(await ask(`pick=2&${codeOf('Sésame')}`)).toContain('sanboot')
  })

  it.each([`pick=2&${codeOf('wrong')}`, 'pick=2', 'pick=99', 'pick=nonsense'])('refuses %s', async (query) => {
    const script = await ask(query)
    expect(script).toContain('code refused')
    expect(script).toContain(`/boot/${mac}.ipxe`)
    expect(events).toEqual([])
  })
})
