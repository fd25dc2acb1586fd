import { parse } from 'acorn'
import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../base/index.ts'
import type { AmorceEvent, Language, WinpeTask } from '../../contract/index.ts'
import type { RouteReply } from '../../http/index.ts'
import { profileScript } from '../script.ts'
import { kitNames } from '../../windowsKit/index.ts'
import { linuxProfile } from '../testing.ts'
import { agentScript } from './agent.ts'
import { createWinpeRoutes, winpeFileNames } from './index.ts'
import { startupCmd, winpeshlIni } from './startup.ts'
import { taskCmd } from './task.ts'

const mac = '52:54:00:12:34:56'
const serverUrl = 'http://192.168.60.1:8080'
const windows = linuxProfile({
  system: 'windows',
  kernel: 'winpe/wimboot',
  initrds: ['winpe/BCD', 'winpe/boot.sdi', 'winpe/boot.wim'],
  commandLine: '',
})
const namesFor = (winpeTask: WinpeTask, initrds = windows.initrds, hasPackage = true): string[] =>
  winpeFileNames({ initrds, winpeTask, hasPackage })
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
    expect(namesFor('none', ['x/boot.wim', 'x/Amorce.cmd'])).toEqual(['winpeshl.ini', 'amorce.js'])
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
  let task: WinpeTask
  let isMade: boolean
  let events: AmorceEvent[]
  beforeEach(() => {
    task = 'none'
    isMade = true
    events = []
  })
  const routes = createWinpeRoutes({
    macOf: (client) => ({ '192.168.60.20': mac, '192.168.60.21': '52:54:00:00:00:09' })[client],
    serverUrl,
    language: () => 'fr',
    taskOf: () => ({ task, restarts: true }),
    windowsPackage: () =>
      Promise.resolve(
        isMade ? { manifestHash: 'ab12', files: [{ name: 'exam.json', content: Buffer.from('{}') }] } : undefined,
      ),
    deployScript: () => Promise.resolve(Buffer.from('rem')),
    clock: new ManualClock(5),
    emit: (event) => events.push(event),
  })
  const ask = async (
    path: string,
    client = '192.168.60.20',
    method = 'GET',
    body = '',
  ): Promise<RouteReply | undefined> =>
    routes({ path, client, method, query: new URLSearchParams(), headers: {}, body: Buffer.from(body) })
  const statusOf = async (name: string): Promise<number | undefined> =>
    (await ask(`/boot/${mac}/winpe/${name}`))?.status

  it('are told as a part of its boot', async () => {
    expect(await ask(`/boot/${mac}/winpe/amorce.cmd`)).toMatchObject({
      ...{ status: 200, kind: 'initrd', file: 'amorce.cmd' },
    })
    expect((await ask(`/boot/${mac}/winpe/amorce.js`, '192.168.60.99'))?.status).toBe(200)
  })

  it('are its own, and only those', async () => {
    expect((await ask(`/boot/${mac}/winpe/amorce.cmd`, '192.168.60.21'))?.status).toBe(403)
    for (const name of ['boot.wim', 'constructor', '__proto__', 'amorce-task.cmd', 'deploy.cmd', 'exam.json'])
      expect(await statusOf(name)).toBe(404)
    expect(await ask(`/boot/${mac}/winpe/amorce.cmd`, undefined, 'PUT')).toMatchObject({ status: 405 })
  })

  it.each(['/boot/nonsense/winpe/amorce.cmd', `/boot/${mac}.ipxe`, `/boot/${mac}/winpe/a/b`, '/winpe/amorce.cmd'])(
    'are not at %s',
    async (path) => expect(await ask(path)).toBeUndefined(),
  )

  it('are with a task the package, and what lays it', async () => {
    expect(namesFor('prepare').slice(3)).toEqual(['amorce-task.cmd', ...kitNames])
    task = 'prepare'
    expect(String((await ask(`/boot/${mac}/winpe/amorce-task.cmd`))?.body)).toContain('deploy.cmd" ab12\r\n')
    expect(await statusOf('exam.json')).toBe(200)
    expect(await statusOf('Install.ps1')).toBe(404)
  })

  it('say what is missing where no package was made, and need none to take one back', async () => {
    isMade = false
    task = 'prepare'
    expect(namesFor('prepare', undefined, false).slice(3)).toEqual(['amorce-task.cmd'])
    expect(String((await ask(`/boot/${mac}/winpe/amorce-task.cmd`))?.body)).toContain(
      'Aucun paquet valable'.toLowerCase(),
    )
    task = 'undo'
    expect(namesFor('undo', undefined, false).slice(3)).toEqual(['amorce-task.cmd', 'deploy.cmd'])
    expect(String((await ask(`/boot/${mac}/winpe/amorce-task.cmd`))?.body)).toContain('deploy.cmd" undo\r\n')
    expect(await statusOf('deploy.cmd')).toBe(200)
  })

  it('say how a task ended', async () => {
    const done = async (body: string, client?: string) =>
      (await ask(`/boot/${mac}/winpe/done`, client, 'POST', body))?.status
    expect(await done('task=prepare&code=0')).toBe(200)
    expect(await done('task=undo&code=3')).toBe(200)
    // An exit code that no line of it says: of a program that it called.
    expect(await done('task=prepare&code=9009')).toBe(200)
    expect(events).toMatchObject([
      { type: 'agent.task', mac, at: 5, task: 'prepare', result: 'done' },
      { task: 'undo', result: 'severalWindows' },
      { task: 'prepare', result: 'failed' },
    ])
    expect(await done('task=none&code=0')).toBe(400)
    expect(await done('task=prepare&code=x')).toBe(400)
    expect(await done('task=prepare&code=0', '192.168.60.21')).toBe(403)
    expect((await ask(`/boot/${mac}/winpe/done`))?.status).toBe(405)
    expect(events).toHaveLength(3)
  })
})

describe('the batch file', () => {
  it.each<Language>(['fr', 'en'])('has whole lines of ASCII, and each label it goes to: %s', (language) => {
    expectSound(startupCmd({ serverUrl, mac, language }))
    for (const task of ['prepare', 'undo'] as const)
      for (const manifestHash of ['ab12', undefined])
        expectSound(taskCmd({ task, manifestHash, restarts: true, language }))
  })

  function expectSound(text: string): void {
    expect(text).toMatch(/^([\x20-\x7e]*\r\n)+$/)
    const labels = [...text.matchAll(/^:(\w+)/gm)].map(([, label]) => label)
    const wanted = [...text.matchAll(/goto (:eof|\w+)/g)].map(([, label]) => label)
    expect(new Set(wanted)).toEqual(new Set([':eof', ...labels]))
    for (const line of text.split('\r\n')) {
      expect(line.match(/"/g)?.length ?? 0, line).toSatisfy((quotes: number) => quotes % 2 === 0)
      expect(line.replace(/%([A-Za-z]\w*%|~?\w*\d)/g, '').includes('%'), line).toBe(false)
      expect(line.length).toBeLessThan(250)
    }
  }

  it('restarts after its task only where something else is booted then', () => {
    const text = (restarts: boolean): string => taskCmd({ task: 'undo', restarts, language: 'en' })
    expect(text(true)).toContain('wpeutil reboot')
    expect(text(false)).not.toContain('wpeutil')
  })

  it('knows its server and its machine, and touches no disk', () => {
    const text = startupCmd({ serverUrl, mac, language: 'fr' })
    expect(text).toContain(`\r\nset AMORCE_SERVER=${serverUrl}\r\nset AMORCE_MAC=${mac}\r\n`)
    expect(text).not.toMatch(/diskpart|format|bcdedit/i)
  })

  it('is not called as one that every image has, which wimboot would not replace', () => {
    expect(namesFor('prepare')).not.toContain('startnet.cmd')
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
    words = [serverUrl, mac],
  }: {
    answers: number[]
    wmi?: Record<string, object>
    http?: boolean
    words?: string[]
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
        Arguments: Object.defineProperty((index: number) => words[index], 'length', { value: words.length }),
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

  it('tells once how a task ended, and ends', () => {
    const words = [serverUrl, mac, 'prepare', '4']
    expect(runAgent({ answers: [], words })).toEqual({
      sent: [`POST ${serverUrl}/boot/${mac}/winpe/done`, 'task=prepare&code=4'],
      ...{ rests: [], code: 0 },
    })
    expect(runAgent({ answers: [0], words }).code).toBe(1)
  })
})
