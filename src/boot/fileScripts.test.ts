import { describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import { createContent } from '../content/index.ts'
import type { AmorceEvent } from '../contract/index.ts'
import { scriptFiles } from './fileScripts.ts'
import { createBootRoutes } from './routes.ts'
import { linuxProfile } from './testing.ts'

const mac = '52:54:00:12:34:56'
/** As a file may be called: a colon names a stream on Windows. */
const fileMac = mac.replaceAll(':', '-')
const client = '192.168.60.20'
const leases: Record<string, string> = { [client]: mac, '192.168.60.21': '52:54:00:00:00:21' }

function serve() {
  const events: AmorceEvent[] = []
  const macOf = (address: string) => leases[address]
  const routes = createBootRoutes({
    profileFor: () => linuxProfile(),
    macOf,
    serverUrl: 'http://192.168.60.1:8080',
    clock: new ManualClock(),
    emit: (event) => events.push(event),
    logger: silentLogger,
  })
  const content = createContent({ roots: [], virtual: scriptFiles(routes, macOf) })
  const read = async (path: string, from = client): Promise<string> => {
    const file = await content.open(path, from)
    return (await file.read(0, file.size)).toString()
  }
  return { events, read }
}

describe('boot scripts as files', () => {
  it('are those that HTTP gives, and told as such', async () => {
    const { events, read } = serve()
    expect(await read(`boot/${fileMac}.ipxe`)).toContain(`/boot/${mac}/script.ipxe?encoding=hex&`)
    expect(events).toEqual([])
    expect(await read(`/boot\\${fileMac.toUpperCase()}/script.ipxe`)).toMatch(/^#!ipxe\n[^]*\nboot /)
    expect(events.map(({ type }) => type)).toEqual(['boot.report', 'boot.script'])
  })

  it.each([
    ['of another machine', `boot/${fileMac}.ipxe`, '192.168.60.21'],
    ['for an address that is under no lease', `boot/${fileMac}.ipxe`, '192.168.60.99'],
    ['of nobody', 'boot/nobody.ipxe', client],
    ['that is not one', `boot/${fileMac}.cfg`, client],
    ['and nothing else that HTTP answers', 'api/heartbeat', client],
  ])('%s: there is no such file', async (_, path, from) => {
    const { events, read } = serve()
    await expect(read(path, from)).rejects.toMatchObject({ code: 'content.notFound' })
    expect(events).toEqual([])
  })
})
