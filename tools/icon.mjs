import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasDisplay, startDisplay } from './display.mjs'
import { ensureElectron, sandboxArgs } from './electron.mjs'
import { die, mustRun, projectRoot } from './run.mjs'

// Draws build/icon.png, of which electron-builder makes every other icon, and the one beside the clock, from build/icon.svg. Run it
// after editing that.

const svg = join(projectRoot, 'build', 'icon.svg')
const pictures = [
  { size: 1024, png: join(projectRoot, 'build', 'icon.png') },
  { size: 32, png: join(projectRoot, 'resources', 'tray.png') },
]

/** Chromium has the best SVG renderer at hand, and a canvas keeps what is transparent. */
const painter = `
const { app, BrowserWindow } = require('electron')
const { readFileSync, writeFileSync } = require('node:fs')
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false })
  await window.loadURL('data:text/html,')
  const drawing = 'data:image/svg+xml;base64,' + readFileSync(${JSON.stringify(svg)}).toString('base64')
  for (const { size, png } of ${JSON.stringify(pictures)}) {
    const picture = await window.webContents.executeJavaScript(\`(async () => {
    const image = new Image(\${size}, \${size})
    image.src = '\${drawing}'
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = \${size}
    canvas.getContext('2d').drawImage(image, 0, 0, \${size}, \${size})
    return canvas.toDataURL('image/png').split(',')[1]
  })()\`)
  writeFileSync(png, Buffer.from(picture, 'base64'))
  }
  app.exit(0)
})`

async function draw() {
  const { executable, kind } = await ensureElectron()
  const folder = mkdtempSync(join(tmpdir(), 'amorce-icon-'))
  const display = hasDisplay() ? undefined : await startDisplay()
  try {
    writeFileSync(join(folder, 'package.json'), '{ "productName": "Icon", "version": "1.0.0", "main": "main.cjs" }')
    writeFileSync(join(folder, 'main.cjs'), painter)
    await mustRun(executable, [...(kind === 'fallback' ? [] : [folder]), ...(await sandboxArgs()), '--disable-gpu'], {
      env: { ...process.env, ...display?.env, AMORCE_APP: folder },
      timeoutMs: 30_000,
    })
  } finally {
    await display?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

await draw().catch(die)
