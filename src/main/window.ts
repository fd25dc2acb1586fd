import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BrowserWindow, session, shell, type Session } from 'electron'

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
      spellcheck: false,
      // The room is watched in the background too.
      backgroundThrottling: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.webContents.on('will-frame-navigate', (event) => event.preventDefault())
  window.webContents.on('will-redirect', (event) => event.preventDefault())
  window.webContents.on('will-attach-webview', (event) => event.preventDefault())
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  refuseAll(session.defaultSession)
  const developmentUrl = process.env['ELECTRON_RENDERER_URL']
  void (developmentUrl ? window.loadURL(developmentUrl) : window.loadFile(rendererFile()))
  return window
}

/** Brings it before whatever lies over it, wherever it was put. */
export function showWindow(window: BrowserWindow): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Whatever a page might ask of the system or of the network, it is not given: it has the bridge, and files of its own. */
function refuseAll(pages: Session): void {
  pages.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  pages.setPermissionCheckHandler(() => false)
  pages.setDevicePermissionHandler(() => false)
  pages.on('will-download', (event) => event.preventDefault())
  // Behind the page's own content policy, which a fault in the page could get around. A server while developing is let through.
  if (process.env['ELECTRON_RENDERER_URL']) return
  pages.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwnFile(url) }))
}

/** One page from a file may read any other: only those that were built with ours are let through. */
function isOwnFile(url: string): boolean {
  if (/^(data|blob|devtools):/.test(url)) return true
  const folder = pathToFileURL(dirname(rendererFile())).href
  return url.startsWith(`${folder}/`) && !/%2e|%2f|%5c|\\|\/\.\.?(\/|$)/i.test(url.slice(folder.length))
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
