import { parse } from 'acorn'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Language } from '../../contract/index.ts'
import type { RouteReply } from '../../http/index.ts'
import { profileScript } from '../script.ts'
import { linuxProfile } from '../testing.ts'
import { agentScript } from './agent.ts'
import { createWinpeRoutes, winpeFileNames } from './index.ts'
import { startupCmd, winpeshlIni } from './startup.ts'

const mac = '52:54:00:12:34:56'
const serverUrl = 'http://192.168.60.1:8080'
const windows = linuxProfile({
  system: 'windows',
  kernel: 'winpe/wimboot',
  initrds: ['winpe/BCD', 'winpe/boot.sdi', 'winpe/boot.wim'],
  commandLine: '',
})
const scriptOf = (initrds: string[]): string =>
  profileScript({ ...windows, initrds }, { serverUrl, mac, language: 'fr' })

describe('the boot script of Windows PE', () => {
  it('adds the files of the machine after those of the profile, named for wimboot', () => {
    const added = scriptOf(windows.initrds)
      .split('\n')
      .filter((line) => line.startsWith('initrd'))
    expect(added.map((line) => line.split(' ')[2])).toEqual([
      ...['BCD', 'boot.sdi', 'boot.wim'],
      ...['winpeshl.ini', 'amorce.cmd', 'amorce.js'],
    ])
    expect(added).toContain(
      `initrd --name amorce.cmd ${serverUrl}/boot/${mac}/winpe/amorce.cmd amorce.cmd || goto failed`,
    )
  })

  it('leaves a file of that name to the technician', () => {
    expect(winpeFileNames(['x/boot.wim', 'x/Amorce.cmd'])).toEqual(['winpeshl.ini', 'amorce.js'])
    expect(scriptOf([...windows.initrds, 'winpe/amorce.cmd'])).not.toContain('/winpe/amorce.cmd amorce.cmd ||\n')
  })

  it('adds nothing where there is no .wim to put it into, nor to a Linux', () => {
    expect(scriptOf(['other/BCD'])).not.toContain('winpeshl.ini')
    expect(profileScript(linuxProfile({ initrds: ['boot.wim'] }), { serverUrl, mac, language: 'fr' })).not.toContain(
      'winpe',
    )
  })
})

describe('the files of a machine', () => {
  const routes = createWinpeRoutes({
    macOf: (client) => ({ '192.168.60.20': mac, '192.168.60.21': '52:54:00:00:00:09' })[client],
    serverUrl,
    language: () => 'fr',
  })
  const ask = (path: string, client = '192.168.60.20', method = 'GET'): RouteReply | undefined =>
    routes({ path, client, method, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) })

  it('are told as a part of its boot', () => {
    expect(ask(`/boot/${mac}/winpe/amorce.cmd`)).toMatchObject({ status: 200, kind: 'initrd', file: 'amorce.cmd' })
    expect(ask(`/boot/${mac}/winpe/amorce.js`, '192.168.60.99')?.status).toBe(200)
  })

  it('are its own, and only those', () => {
    expect(ask(`/boot/${mac}/winpe/amorce.cmd`, '192.168.60.21')?.status).toBe(403)
    for (const name of ['boot.wim', 'constructor', '__proto__'])
      expect(ask(`/boot/${mac}/winpe/${name}`)?.status).toBe(404)
    expect(ask(`/boot/${mac}/winpe/amorce.cmd`, undefined, 'PUT')).toMatchObject({ status: 405 })
  })

  it.each(['/boot/nonsense/winpe/amorce.cmd', `/boot/${mac}.ipxe`, `/boot/${mac}/winpe/a/b`, '/winpe/amorce.cmd'])(
    'are not at %s',
    (path) => expect(ask(path)).toBeUndefined(),
  )
})

describe('the batch file', () => {
  it.each<Language>(['fr', 'en'])('has whole lines of ASCII, and each label it goes to: %s', (language) => {
    const text = startupCmd({ serverUrl, mac, language })
    expect(text).toMatch(/^([\x20-\x7e]*\r\n)+$/)
    const labels = [...text.matchAll(/^:(\w+)/gm)].map(([, label]) => label)
    const wanted = [...text.matchAll(/goto (:eof|\w+)/g)].map(([, label]) => label)
    expect(new Set(wanted)).toEqual(new Set([':eof', ...labels]))
    for (const line of text.split('\r\n')) {
      expect(line.match(/"/g)?.length ?? 0, line).toSatisfy((quotes: number) => quotes % 2 === 0)
      expect(line.replace(/%(\w+%|~\w*\d)/g, '').includes('%'), line).toBe(false)
      expect(line.length).toBeLessThan(250)
    }
  })

  it('knows its server and its machine, and touches no disk', () => {
    const text = startupCmd({ serverUrl, mac, language: 'fr' })
    expect(text).toContain(`\r\nset AMORCE_SERVER=${serverUrl}\r\nset AMORCE_MAC=${mac}\r\n`)
    expect(text).not.toMatch(/diskpart|format|bcdedit/i)
  })

  it('is not called as one that every image has, which wimboot would not replace', () => {
    expect(winpeFileNames(['boot.wim'])).not.toContain('startnet.cmd')
  })

  it('is started by winpeshl.ini, in lines short enough for it', () => {
    expect(winpeshlIni()).toBe(
      '[LaunchApps]\r\n%SystemRoot%\\System32\\cmd.exe, /k %SystemRoot%\\System32\\amorce.cmd\r\n',
    )
  })
})

describe('the agent', () => {
  /** Windows Script Host, as far as the agent uses it; its endless loop is ended after a few rests. */
  function runAgent({
    answers,
    wmi,
    http = true,
  }: {
    answers: number[]
    wmi?: Record<string, object>
    http?: boolean
  }) {
    const sent: string[] = []
    const rests: number[] = []
    class Quit extends Error {
      constructor(readonly code: number) {
        super(`quit ${code}`)
      }
    }
    function ActiveXObject(this: object, name: string) {
      if (!http || name.startsWith('WinHttp')) throw new Error('not installed')
      return {
        status: 0,
        open: (method: string, url: string) => sent.push(`${method} ${url}`),
        setRequestHeader() {},
        send(body: string) {
          this.status = answers.shift() ?? 200
          if (this.status === 0) throw new Error('no answer')
          sent.push(body)
        },
      }
    }
    const around = {
      WScript: {
        Arguments: (index: number) => [serverUrl, mac][index],
        Sleep(milliseconds: number) {
          rests.push(milliseconds)
          if (rests.length === 3) throw new Quit(-1)
        },
        Quit(code: number) {
          throw new Quit(code)
        },
      },
      ActiveXObject,
      GetObject: () => {
        if (!wmi) throw new Error('no WMI')
        return { ExecQuery: (query: string) => [wmi[query.split(' ').at(-1)!]] }
      },
      Enumerator: function (found: object[]) {
        return { atEnd: () => found[0] === undefined, item: () => found[0] }
      },
    }
    let code: number | undefined
    try {
      runInNewContext(agentScript, around)
    } catch (error) {
      if (!(error instanceof Quit)) throw error
      code = error.code
    }
    return { sent, rests, code }
  }

  it('is written in the language of JScript', () => {
    expect(() => parse(agentScript, { ecmaVersion: 3 })).not.toThrow()
    expect(agentScript).toMatch(/^[\n -~]*$/)
  })

  it('says what the machine is made of, then that it is ready, again and again', () => {
    const { sent, code } = runAgent({
      answers: [],
      wmi: {
        Win32_ComputerSystemProduct: { Vendor: 'Dell & Co', Name: 'OptiPlex', IdentifyingNumber: 'AB=1', UUID: '4C4C' },
        Win32_ComputerSystem: { TotalPhysicalMemory: '16970000000' },
      },
    })
    expect(code).toBe(-1)
    expect(sent[0]).toBe(`POST ${serverUrl}/api/heartbeat`)
    expect(Object.fromEntries(new URLSearchParams(sent[1]))).toEqual({
      ...{ mac, stage: 'system', manufacturer: 'Dell & Co', product: 'OptiPlex', serial: 'AB=1', uuid: '4C4C' },
      memoryMiB: '16384',
    })
    const beats = sent.filter((line) => !line.startsWith('POST')).slice(1)
    expect(beats.length).toBeGreaterThan(1)
    for (const beat of beats) expect(Object.fromEntries(new URLSearchParams(beat))).toEqual({ mac, stage: 'ready' })
  })

  it('without WMI says only that it is there, and asks again until it is heard', () => {
    const { sent } = runAgent({ answers: [0, 500] })
    const bodies = sent.filter((line) => !line.startsWith('POST'))
    expect(bodies.map((body) => new URLSearchParams(body).get('stage'))).toEqual(['system', 'system', 'ready'])
    expect(new URLSearchParams(bodies[0]).has('memoryMiB')).toBe(false)
  })

  it('gives up at once where nothing speaks HTTP, for the batch file to go on with curl', () => {
    expect(runAgent({ answers: [], http: false })).toEqual({ sent: [], rests: [], code: 2 })
  })
})
