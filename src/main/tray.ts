import { Menu, nativeImage, Tray, type BrowserWindow } from 'electron'
import { showWindow } from './window.ts'
import type { Words } from './words.ts'

export interface TrayState {
  words: Words
  /** Where an exam runs, if one does. */
  address?: string
}

/** Amorce beside the clock: what runs, the window, and the way out. */
export class TrayIcon {
  readonly #tray: Tray | undefined
  readonly #window: BrowserWindow
  readonly #leave: () => void
  #shown = ''

  /** @param iconFile none is shown where it cannot be read, or where the desktop has no such place */
  constructor(iconFile: string, window: BrowserWindow, leave: () => void) {
    this.#window = window
    this.#leave = leave
    const image = nativeImage.createFromPath(iconFile)
    if (image.isEmpty()) return
    this.#tray = new Tray(image)
    this.#tray.on('click', () => showWindow(this.#window))
  }

  /** A menu is made anew only when it would say something else. */
  set({ words, address }: TrayState): void {
    const line = address === undefined ? words.trayIdle : words.trayRunning(address)
    if (!this.#tray || line === this.#shown) return
    this.#shown = line
    this.#tray.setToolTip(`Amorce · ${line}`)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: line, enabled: false },
        { type: 'separator' },
        { label: words.trayShow, click: () => showWindow(this.#window) },
        { label: words.trayQuit, click: this.#leave },
      ]),
    )
  }

  remove(): void {
    this.#tray?.destroy()
  }
}
