import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, expect, type ElectronApplication, type Locator, type Page } from '@playwright/test'
import type {
  AmorceBridge,
  AmorceEvent,
  CommandInput,
  CommandName,
  CommandOutput,
  EventGroup,
  ExamView,
  ItemView,
  Language,
  Mac,
  MachineDetail,
  MachineView,
  ServiceView,
  SettingsView,
  Stage,
  ViewUpdate,
} from '../../src/contract/index.ts'
import { inside, type Namespace } from './namespaces.ts'
import type { Runtime } from './runtime.ts'
import { temporaryFolder } from './temporary.ts'

export interface AmorceOptions {
  /** Kept from one start to the next to test what outlives the app. */
  dataFolder: string
  /** Its language until the technician chooses one; what the app itself would begin with when undefined. */
  language?: Language
  /** Further arguments, such as `--demo`. */
  args?: readonly string[]
  /** Beside what the app is always given. */
  env?: Readonly<Record<string, string>>
  /** Begin with the guide of the first start, which is left aside otherwise. */
  guide?: boolean
  /** The machine it runs on; this one when not said. */
  machine?: Namespace
  /** Where everything it prints goes. */
  logFile: string
}

const notBooted = Buffer.from('no machine of this test gets this far')

export type Face = 'chooseNic' | 'ready' | 'starting' | 'running' | 'blocked'
export type Place = 'exam' | 'papers' | 'sittings' | 'stock' | 'diagnosis' | 'settings'

/** The real app, and what a technician does with it. */
export class Amorce {
  // Asked for at once: Playwright forgets the process of an app that has ended.
  readonly #process: ChildProcess

  private constructor(
    private readonly electron: ElectronApplication,
    readonly page: Page,
    readonly dataFolder: string,
  ) {
    this.#process = electron.process()
  }

  static async launch(runtime: Runtime, options: AmorceOptions): Promise<Amorce> {
    const { dataFolder, machine, language, args = [], env = {} } = options
    const launch = () =>
      _electron.launch({
        executablePath: machine ? wrapped(runtime.executable, machine) : runtime.executable,
        args: [...runtime.args, '--data', dataFolder, ...(language ? ['--language', language] : []), ...args],
        env: { ...runtime.env, ...env },
        timeout: 60_000,
      })
    const electron = machine ? await inside(machine, launch) : await launch()
    const log = createWriteStream(options.logFile, { flags: 'a' })
    electron.process().stdout?.pipe(log, { end: false })
    electron.process().stderr?.pipe(log, { end: false })
    const page = await electron.firstWindow()
    await page.waitForLoadState()
    const amorce = new Amorce(electron, page, dataFolder)
    if (!options.guide) await amorce.call('settings.save', { guideDone: true })
    return amorce
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  // ---- What is on the screen

  get examButton(): Locator {
    return this.page.getByTestId('exam-button')
  }

  get tiles(): Locator {
    return this.page.getByTestId('tile')
  }

  get machinePanel(): Locator {
    return this.page.getByTestId('machine-panel')
  }

  get preflight(): Locator {
    return this.page.getByTestId('preflight')
  }

  tile(mac: Mac): Locator {
    return this.page.locator(`[data-testid="tile"][data-mac="${mac}"]`)
  }

  tilesAt(stage: Stage): Locator {
    return this.page.locator(`[data-testid="tile"][data-stage="${stage}"]`)
  }

  async expectFace(face: Face, timeout = 15_000): Promise<void> {
    await expect(this.examButton).toHaveAttribute('data-face', face, { timeout })
  }

  /** What the theme makes of the window. */
  async background(): Promise<'light' | 'dark'> {
    const lightness = await this.page.evaluate<number>(`(() => {
      const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      pixel.fillStyle = getComputedStyle(document.body).backgroundColor
      pixel.fillRect(0, 0, 1, 1)
      return pixel.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part) / 3
    })()`)
    return lightness < 128 ? 'dark' : 'light'
  }

  // ---- What a technician does

  async goTo(place: Place): Promise<void> {
    await this.page.getByTestId(`nav-${place}`).click()
  }

  /** Presses one of the segments of a choice. */
  async choose(testId: string, label: string): Promise<void> {
    await this.page.getByTestId(testId).getByRole('radio', { name: label }).click()
  }

  /** Chooses the NIC in the top bar and waits until the checks that follow have all spoken. */
  async chooseNic(nic: string): Promise<void> {
    await this.page.getByTestId('nic-select').click()
    await this.page.locator(`[data-testid="nic-option"][data-nic="${nic}"]`).click()
    await expect
      .poll(
        async () => {
          const { exam, preflight } = await this.snapshot()
          return preflight?.nic === nic && !preflight.running && exam?.phase === 'idle'
        },
        { timeout: 20_000 },
      )
      .toBe(true)
  }

  /** Chooses the NIC, clicks the button and waits for the exam to run. */
  async startExam(nic: string): Promise<void> {
    await this.chooseNic(nic)
    await this.expectFace('ready')
    await this.examButton.click()
    await this.expectFace('running', 30_000)
  }

  /** Holds the button until the exam has stopped, and lets go of it only then, as anybody does. */
  async stopExam(): Promise<void> {
    await this.examButton.hover()
    await this.page.mouse.down()
    await expect(this.examButton).not.toHaveAttribute('data-face', /^(running|starting)$/, { timeout: 15_000 })
    await this.page.mouse.up()
    // Letting go must not count as a click on the face that the button has by now.
    await expect.poll(async () => (await this.exam()).phase, { timeout: 20_000 }).toMatch(/^(idle|running)$/)
    expect((await this.exam()).phase).toBe('idle')
  }

  /** Waits until the simulated room's machines are all ready or known to be stuck. */
  async waitUntilSettled(): Promise<void> {
    await expect
      .poll(async () => (await this.machines()).filter(({ stage, trouble }) => stage === 'ready' || trouble).length, {
        timeout: 180_000,
      })
      .toBe(24)
  }

  // ---- Its own bridge, for what a test has to prepare or to read exactly

  /** @throws when the command is refused, with its code. */
  async call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
    const reply = await this.page.evaluate(
      ([command, argument]) =>
        (globalThis as unknown as { amorce: AmorceBridge }).amorce.call(command, argument as never),
      [name, input] as const,
    )
    if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`)
    return reply.value
  }

  snapshot(): Promise<ViewUpdate> {
    return this.call('view.snapshot', undefined)
  }

  async machines(): Promise<MachineView[]> {
    return (await this.snapshot()).machines ?? []
  }

  async exam(): Promise<ExamView> {
    return part(await this.snapshot(), 'exam')
  }

  async settings(): Promise<SettingsView> {
    return part(await this.snapshot(), 'settings')
  }

  async services(): Promise<ServiceView[]> {
    return part(await this.snapshot(), 'services')
  }

  /** Of the machine whose panel is open. */
  async machineDetail(): Promise<MachineDetail> {
    return part(await this.snapshot(), 'detail')
  }

  async items(search = ''): Promise<ItemView[]> {
    const all = { sort: 'assetTag', descending: false, offset: 0, limit: 500 } as const
    return (await this.call('stock.list', { ...all, states: [], types: [], search })).items
  }

  /** Newest first. */
  async journal(groups: EventGroup[], mac: Mac | '' = ''): Promise<AmorceEvent[]> {
    const entries = await this.call('journal.list', { groups, mac, search: '', before: 0, limit: 500 })
    return entries.map(({ event }) => event)
  }

  /** From now on, the system's file dialogues are answered with this file, without being shown. */
  async answerFileDialogs(path: string): Promise<void> {
    await this.electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen })
    }, path)
  }

  /** Lays files in the technician's boot-file folder. */
  addBootFiles(files: Record<string, Uint8Array>): void {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.dataFolder, 'boot', path)
      mkdirSync(join(target, '..'), { recursive: true })
      writeFileSync(target, content)
    }
  }

  /** Makes a kernel and an initrd the exam of the whole room. Without any, machines are sent back to their own disks. */
  async addExam(kernel: Uint8Array = notBooted, initrd: Uint8Array = notBooted): Promise<number> {
    this.addBootFiles({ 'lab/vmlinuz': kernel, 'lab/initrd': initrd })
    const { id } = await this.call('profile.add', {
      name: 'Debian du labo',
      system: 'linux',
      kernel: 'lab/vmlinuz',
      initrds: ['lab/initrd'],
      commandLine: 'console=ttyS0,115200',
    })
    await this.call('profile.makeDefault', id)
    return id
  }

  /** Sets the size of the page itself, whatever frame a window manager puts around it. */
  async resize(width: number, height: number): Promise<void> {
    await this.electron.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    )
    await expect.poll(() => this.page.evaluate('[innerWidth, innerHeight]')).toEqual([width, height])
  }

  /** What the keys for a larger and a smaller page do; 1 is as it was made. */
  async magnify(factor: number): Promise<void> {
    const width = await this.electron.evaluate(({ BrowserWindow }, wanted) => {
      const window = BrowserWindow.getAllWindows()[0]
      window?.webContents.setZoomFactor(wanted)
      return window?.getContentSize()[0] ?? 0
    }, factor)
    await expect.poll(() => this.page.evaluate('innerWidth')).toBe(Math.round(width / factor))
  }

  /** What the technician chooses in the system's next dialogues: where to save, or which files to open. */
  async answerDialogs(answer: { save?: string; open?: string[] }): Promise<void> {
    await this.electron.evaluate(({ dialog }, { save, open }) => {
      if (save !== undefined) dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save })
      if (open !== undefined) dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: open })
    }, answer)
  }

  /** From now on, how late the main process is with a timer of 10 ms is written down. */
  async watchMainLoop(): Promise<void> {
    await this.electron.evaluate(() => {
      const lags: number[] = []
      let due = performance.now() + 10
      setInterval(() => {
        const now = performance.now()
        lags.push(Math.max(now - due, 0))
        due = now + 10
      }, 10)
      ;(globalThis as unknown as { mainLoopLags: number[] }).mainLoopLags = lags
    })
  }

  forgetMainLoopLags(): Promise<void> {
    return this.electron.evaluate(() => {
      ;(globalThis as unknown as { mainLoopLags: number[] }).mainLoopLags.length = 0
    })
  }

  /** In milliseconds. */
  mainLoopLags(): Promise<number[]> {
    return this.electron.evaluate(() => (globalThis as unknown as { mainLoopLags: number[] }).mainLoopLags)
  }

  /**
   * From now on, what is told outside the window is written down instead of being shown.
   * @returns all of it so far
   */
  async watchNotifications(): Promise<() => Promise<{ title: string; body: string }[]>> {
    await this.electron.evaluate(({ Notification }) => {
      const told: { title: string; body: string }[] = []
      ;(globalThis as unknown as { told: object[] }).told = told
      // A computer without a desktop has nowhere to show one.
      Notification.isSupported = () => true
      Notification.prototype.show = function (this: Electron.Notification) {
        told.push({ title: this.title, body: this.body })
      }
    })
    return () =>
      this.electron.evaluate(() => (globalThis as unknown as { told: { title: string; body: string }[] }).told)
  }

  /** From now on, the tones that the page sounds are counted. */
  async watchSounds(): Promise<void> {
    await this.page.evaluate(`
      globalThis.tones = 0
      const start = OscillatorNode.prototype.start
      OscillatorNode.prototype.start = function (...when) {
        globalThis.tones++
        return start.apply(this, when)
      }`)
  }

  soundsMade(): Promise<number> {
    return this.page.evaluate('globalThis.tones')
  }

  /** Whether the system is kept from falling asleep. */
  staysAwake(): Promise<boolean> {
    // Numbered from 0; a handful of them is more than a test ever starts.
    return this.electron.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].some((id) => powerSaveBlocker.isStarted(id)))
  }

  /**
   * From now on, a question in the system's own window is answered with that button.
   * @returns how many were asked since
   */
  async answerQuestions(button: number): Promise<() => Promise<number>> {
    await this.electron.evaluate(({ dialog }, response) => {
      const counted = globalThis as { questions?: number }
      counted.questions = 0
      dialog.showMessageBox = () => {
        counted.questions = (counted.questions ?? 0) + 1
        return Promise.resolve({ response, checkboxChecked: false })
      }
    }, button)
    return () => this.electron.evaluate(() => (globalThis as { questions?: number }).questions ?? 0)
  }

  /**
   * From now on, Amorce starts nothing in its place when it closes itself.
   * @returns how often it would have since
   */
  async holdRestarts(): Promise<() => Promise<number>> {
    await this.electron.evaluate(() => {
      const counted = globalThis as { restarts?: number }
      counted.restarts = 0
      // What is evaluated there has no `require` of its own.
      const { mainModule } = process as unknown as { mainModule: { require(name: string): { spawn: unknown } } }
      mainModule.require('node:child_process').spawn = () => {
        counted.restarts = (counted.restarts ?? 0) + 1
        return { unref: () => undefined }
      }
    })
    return () => this.electron.evaluate(() => (globalThis as { restarts?: number }).restarts ?? 0)
  }

  /** What a key for leaving does. */
  async quit(): Promise<void> {
    // The process may be gone before it answers.
    await this.electron.evaluate(({ app }) => setTimeout(() => app.quit(), 0)).catch(() => undefined)
  }

  /** The page as a printer would get it: a PDF, on the paper that the page itself asks for. */
  async printed(): Promise<Buffer> {
    const base64 = await this.electron.evaluate(async ({ BrowserWindow }) => {
      const pdf = await BrowserWindow.getAllWindows()[0]?.webContents.printToPDF({ preferCSSPageSize: true })
      return pdf?.toString('base64') ?? ''
    })
    return Buffer.from(base64, 'base64')
  }

  /** What the button in the window's frame does. */
  async pressCloseButton(): Promise<void> {
    await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  }

  /** Behind everything else, as far as a screen without a desktop knows it. */
  async hideWindow(): Promise<void> {
    await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  }

  isWindowShown(): Promise<boolean> {
    return this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false)
  }

  /**
   * From now on, the menu beside the clock is kept as well as shown.
   * @returns its lines, as they were made last
   */
  async watchTray(): Promise<() => Promise<string[]>> {
    await this.electron.evaluate(({ Menu }) => {
      const make = Menu.buildFromTemplate.bind(Menu)
      Menu.buildFromTemplate = (template) => {
        const menu = make(template)
        ;(globalThis as { trayMenu?: Electron.Menu }).trayMenu = menu
        return menu
      }
    })
    return () =>
      this.electron.evaluate(() =>
        ((globalThis as { trayMenu?: Electron.Menu }).trayMenu?.items ?? [])
          .filter(({ type }) => type !== 'separator')
          .map(({ label }) => label),
      )
  }

  /** Of the menu that `watchTray` keeps. */
  async chooseInTray(label: string): Promise<void> {
    await this.electron.evaluate((_electron, wanted) => {
      const { items = [] } = (globalThis as { trayMenu?: Electron.Menu }).trayMenu ?? {}
      items.find((item) => item.label === wanted)?.click()
    }, label)
  }

  /** Resolves once the app has read every datagram that its machine has received for it. */
  async whenDatagramsRead(): Promise<void> {
    while (hasUnreadDatagrams(this.#process.pid)) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  // ---- Its end

  /** What a power cut or a crash is: no goodbye of any kind. */
  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    if (!this.running) return
    // A running exam is not left without a deliberate answer: here it is.
    await this.electron.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 2, checkboxChecked: false })
    })
    await this.electron.close()
  }
}

function part<Name extends keyof ViewUpdate>(snapshot: ViewUpdate, name: Name): NonNullable<ViewUpdate[Name]> {
  const value = snapshot[name]
  if (value === undefined) throw new Error(`the snapshot tells nothing of ${name}`)
  return value
}

/** Whether any UDP socket of the process's network holds bytes: the second half of the fifth column, proc(5). */
const hasUnreadDatagrams = (pid: number | undefined): boolean =>
  readFileSync(`/proc/${pid}/net/udp`, 'utf8')
    .split('\n')
    .some((line) => /^ *\d+: \S+ \S+ \S+ [0-9A-F]+:0*[1-9A-F]/.test(line))

/** A program for Playwright to start that is the app inside a namespace, under the very same process id. */
function wrapped(executable: string, machine: Namespace): string {
  const script = join(temporaryFolder('launcher'), 'amorce')
  const [command, args] = machine.wrap(executable, [])
  writeFileSync(script, `#!/bin/sh\nexec ${[command, ...args].map((word) => `'${word}'`).join(' ')} "$@"\n`)
  chmodSync(script, 0o755)
  return script
}
