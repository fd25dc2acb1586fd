import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, Notification } from 'electron'
import { systemClock } from '../base/index.ts'
import { CodedError } from '../contract/index.ts'
import { makeSampleExam, openHouse, type Desktop, type House, type HouseOptions } from '../house/index.ts'
import { parseArguments } from './arguments.ts'
import { readerInThread } from '../media/index.ts'
import { openRoomInThread } from '../simulator/index.ts'
import { narrateDemo } from './demo.ts'
import { connectWindow } from './ipc.ts'
import { exitNow } from './exitNow.ts'
import { installationHere } from './installation.ts'
import { keyring } from './keyring.ts'
import { KeptLanguage } from './keptLanguage.ts'
import { KeepAwake } from './keepAwake.ts'
import { fetchLoaders } from './loaders.ts'
import { fileLogger } from './logger.ts'
import { Practice } from './practice.ts'
import { readTableInWorker } from './readTableInWorker.ts'
import { startAnew } from './restart.ts'
import { TrayIcon } from './tray.ts'
import { openFolder, openWindow, showWindow } from './window.ts'
import type { Installation } from '../updates/index.ts'
import { wordsIn } from './words.ts'

const options = parseArguments(process.argv.slice(1))
if (options.dataFolder) app.setPath('userData', options.dataFolder)
const dataFolder = app.getPath('userData')
const keptLanguage = new KeptLanguage(dataFolder)
/** Until the settings are open. */
const firstLanguage = keptLanguage.now ?? options.language ?? 'fr'
// Chromium writes dates in its own language's order, which must be told before it starts: the day first in either of ours.
app.commandLine.appendSwitch('lang', firstLanguage === 'en' ? 'en-GB' : 'fr')
// The project's own folder while developing; beside the app once installed.
const resourcesFolder =
  app.isPackaged && !process.env['AMORCE_APP'] ? process.resourcesPath : join(__dirname, '../../resources')
const logger = fileLogger(join(dataFolder, 'logs', 'amorce.log'))

let house: House | undefined
let quitting = false
/** For the answer to the command that asks for it to reach the screen. */
const reopenPauseMs = 100

async function run(): Promise<void> {
  const words = wordsIn(options.language ?? 'fr')
  const practice = new Practice(dataFolder)
  const installation = installationHere()
  const sealer = keyring()
  /** As it stands now: with practice data it is another house. */
  const houseOptions = (carriedOver: HouseOptions['settings'] = {}): HouseOptions => ({
    dataFolder: practice.dataFolder,
    installation,
    sealer,
    // The laptop's own, also while it is open on practice data.
    pinFile: join(dataFolder, 'pin.json'),
    loaderFolder: process.env['AMORCE_BOOT_FILES'] ?? join(resourcesFolder, 'boot'),
    loaderManifest: join(resourcesFolder, 'boot-loaders.json'),
    tftpWorkerPath: join(__dirname, 'tftpWorker.cjs'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    clock: systemClock,
    logger,
    settings: { ...(options.language && { language: options.language }), ...carriedOver },
    simulatedMachines: options.machines,
    simulatedFailures: options.failures,
    simulatedAtOnce: options.atOnce,
    readTable: readTableInWorker,
    sampleStock: options.demo || practice.isOn,
    mediaReader: readerInThread(join(__dirname, 'mediaWorker.cjs')),
    openSimulatedRoom: openRoomInThread(join(__dirname, 'simulatedRoom.cjs')),
    fileMoverFile: join(__dirname, 'fileMover.cjs'),
    networkCardsFile: join(__dirname, 'networkCards.txt'),
    info: {
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      platform: process.platform,
      demo: options.demo,
      practice: practice.isOn,
    },
    desktop: {
      chooseFiles: async (what) => {
        const { filePaths } = await dialog.showOpenDialog({
          title: wordsNow().chooseFiles[what],
          properties: propertiesOf(what),
        })
        return filePaths
      },
      chooseSaveFile: async (name) => {
        const { canceled, filePath } = await dialog.showSaveDialog({
          title: wordsNow().saveFile,
          defaultPath: join(app.getPath('documents'), name),
        })
        return canceled || !filePath ? undefined : filePath
      },
      chooseTable: async () => {
        const { filePaths } = await dialog.showOpenDialog({
          title: wordsNow().chooseTable,
          filters: [{ name: wordsNow().tables, extensions: ['csv', 'tsv', 'txt', 'xlsx', 'xlsm', 'ods', 'json'] }],
          properties: ['openFile', 'multiSelections'],
        })
        return filePaths
      },
      notify: (alarms) => {
        if (!Notification.isSupported()) return
        const words = wordsNow()
        new Notification({ title: words.stockAlarms(alarms.length), body: words.stockAlarmNames(alarms) }).show()
      },
      notifyIncident: (incident) => {
        if (!Notification.isSupported()) return
        const words = wordsNow()
        const notice = new Notification({
          title: words.incident(incident),
          body: incident.text,
          urgency: incident.severity === 'serious' ? 'critical' : 'normal',
          // The console makes its own sound.
          silent: true,
        })
        notice.on('click', showTheWindow)
        notice.show()
      },
      openFolder,
      fetchLoaders: () => fetchLoaders(resourcesFolder),
      reopen: () => void setTimeout(() => void reopen(), reopenPauseMs),
      restart: () => void setTimeout(() => void restart(installation), reopenPauseMs),
      practise: (begin) => void setTimeout(() => void reopen(begin ? 'beginPractice' : 'endPractice'), reopenPauseMs),
    },
  })
  house = await openHouse(houseOptions())
  const window = openWindow()
  const keepAwake = new KeepAwake()
  const tray = new TrayIcon(join(resourcesFolder, 'tray.png'), window, () => void askedToLeave(window))
  const keepLanguage = (opened: House): void => {
    try {
      keptLanguage.keep(opened.settings().language)
    } catch (error) {
      logger.warn('the language could not be kept', { error: String(error) })
    }
  }
  const follow = (opened: House): void => {
    const show = (): void => {
      keepLanguage(opened)
      const { running, view } = opened.session
      keepAwake.set(running)
      tray.set({ words: wordsNow(), ...(running && { address: view.address ?? '' }) })
    }
    opened.onUpdate(show)
    show()
  }
  follow(house)
  app.on('quit', () => tray.remove())
  let disconnect = connectWindow(window, house, logger)
  const reopen = async (practise?: 'beginPractice' | 'endPractice'): Promise<void> => {
    try {
      const { language, theme } = house?.settings() ?? {}
      disconnect()
      if (house?.session.running) await house.session.stop()
      await house?.close()
      if (practise === 'beginPractice') practice.begin()
      if (practise === 'endPractice') practice.end()
      house = await openHouse(houseOptions(practice.isOn ? { language, theme, guideDone: true } : {}))
      follow(house)
      if (practise === 'beginPractice') {
        await makeSampleExam(house.commands, options.machines ?? 24)
        await house.commands['exam.startDemo'](undefined)
      }
      disconnect = connectWindow(window, house, logger)
      window.webContents.reload()
    } catch (error) {
      logger.error('cannot open again', { error: stackOf(error) })
      dialog.showErrorBox(wordsNow().cannotStart, error instanceof Error ? error.message : String(error))
      await leave(1)
    }
  }
  window.on('close', (event) => {
    if (quitting || !house?.session.running) return
    event.preventDefault()
    void askedToLeave(window)
  })
  if (!options.demo) {
    if (options.screenshot) await saveScreenshot(window, options.screenshot)
    return
  }
  // Shown on the simulated room; what a technician has made is left as it is.
  if ((await house.snapshot()).rooms?.length === 0) await makeSampleExam(house.commands, options.machines ?? 24)
  const isReady = await narrateDemo(house, words, (line) => console.log(line))
  if (options.screenshot) await saveScreenshot(window, options.screenshot)
  if (options.exitWhenReady) await leave(isReady ? 0 : 1)
}

function propertiesOf(
  what: Parameters<Desktop['chooseFiles']>[0],
): ('openFile' | 'openDirectory' | 'multiSelections')[] {
  if (what === 'mediaFolder' || what === 'updateFolder') return ['openDirectory']
  return ['upload', 'dhcpConfig', 'backup', 'media', 'update'].includes(what)
    ? ['openFile']
    : ['openFile', 'multiSelections']
}

const wordsNow = (): ReturnType<typeof wordsIn> => wordsIn(house?.settings().language ?? firstLanguage)

function showTheWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window) showWindow(window)
}

let isAsking = false

/** Leaving during an exam would strand the room: by the window, a key or the tray, it takes a second, deliberate answer. */
async function askedToLeave(window: BrowserWindow | undefined): Promise<void> {
  if (!house?.session.running || !window || window.isDestroyed()) return leave(0)
  if (isAsking) return
  isAsking = true
  try {
    const words = wordsNow()
    // Closing it would stop the exam: with a PIN, that takes the PIN, which only the window can ask for.
    const { isLocked } = house.pin
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: words.quitTitle,
      detail: isLocked ? words.quitLocked : words.quitDetail,
      buttons: [words.keepRunning, words.minimise, ...(isLocked ? [] : [words.quit])],
      defaultId: 0,
      cancelId: 0,
    })
    if (response === 1) window.minimize()
    if (response === 2 && !house.pin.isLocked) await leave(0)
  } catch (error) {
    logger.error('could not ask', { error: stackOf(error) })
  } finally {
    isAsking = false
  }
}

async function saveScreenshot(window: BrowserWindow, path: string): Promise<void> {
  if (window.webContents.isLoading())
    await new Promise<void>((resolve) => window.webContents.once('did-finish-load', () => resolve()))
  // The first views arrive and are drawn a moment after the page has loaded.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  writeFileSync(path, (await window.webContents.capturePage()).toPNG())
  console.log(wordsNow().screenshotSaved(path))
}

async function restart(installation: Installation): Promise<void> {
  try {
    await startAnew(installation)
  } catch (error) {
    // What runs here is not what is installed any more: it ends all the same.
    logger.error('could not be started anew', { error: stackOf(error) })
  }
  await leave(0)
}

async function leave(exitCode: number): Promise<void> {
  if (quitting) return
  quitting = true
  try {
    await house?.close()
  } catch (error) {
    // Whatever is still open goes with the process.
    logger.error('not closed cleanly', { error: String(error) })
  }
  await exitNow(exitCode)
}

app.on('before-quit', (event) => {
  if (quitting) return
  event.preventDefault()
  void askedToLeave(BrowserWindow.getAllWindows()[0])
})
app.on('window-all-closed', () => void leave(0))
// A fault in one corner must not end the exam of a whole room, nor cover the console with Electron's error box.
process.on('unhandledRejection', (reason) => logger.error('unhandled rejection', { error: stackOf(reason) }))
process.on('uncaughtException', (error) => logger.error('uncaught exception', { error: stackOf(error) }))
app.on('second-instance', showTheWindow)

const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || String(error)

// One Amorce a data folder: a second one shows the first one's window.
if (!app.requestSingleInstanceLock()) process.exit(0)
else {
  app
    .whenReady()
    .then(() => {
      // Not before: Chromium has laid its own by now, which would ask a person whether a running exam may be left.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(0))
      return run()
    })
    .catch(async (error: unknown) => {
      const code = error instanceof CodedError ? error.code : 'internal'
      const message = error instanceof Error ? error.message : String(error)
      logger.error('cannot start', { code, message })
      console.error(`${wordsNow().cannotStart}: ${message} (${code})`)
      if (!options.demo && process.env['CI'] !== 'true')
        dialog.showErrorBox(wordsNow().cannotStart, `${message} (${code})`)
      await leave(1)
    })
}
