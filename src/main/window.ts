import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BrowserWindow, session, shell } from 'electron'

const rendererFile = (): string => join(__dirname, '../renderer/index.html')

/** The one window. Its page is ours and stays ours: no navigation, no other window, no permission, no web content. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    title: 'Amorce',
    webPreferences: {
      preload: join(__dirname, '../preload/index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      // The room is watched in the background too.
      backgroundThrottling: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.webContents.on('will-attach-webview', (event) => event.preventDefault())
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  const developmentUrl = process.env['ELECTRON_RENDERER_URL']
  void (developmentUrl ? window.loadURL(developmentUrl) : window.loadFile(rendererFile()))
  return window
}

/** Is this the page we loaded, and not a frame or a page that got there some other way? */
export const isOwnPage = (url: string): boolean => {
  const developmentUrl = process.env['ELECTRON_RENDERER_URL']
  const page = url.replace(/[?#].*$/, '')
  return page === pathToFileURL(rendererFile()).href || (!!developmentUrl && page.startsWith(developmentUrl))
}

export const openFolder = async (path: string): Promise<void> => {
  const problem = await shell.openPath(path)
  if (problem) throw new Error(problem)
}
