import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { app } from 'electron'
import type { Installation } from '../updates/index.ts'

// Its input ends with this process, which holds the lock of the single instance; then it becomes the program.
const onceItHasEnded = 'cat > /dev/null; exec "$@" < /dev/null'

/**
 * Has Amorce started anew once this process has ended, as what is installed by then.
 *
 * On Linux not by Electron's own way: that takes from the new process, and all it starts, the right to gain privileges
 * (PR_SET_NO_NEW_PRIVS), without which neither the helper of Chromium's sandbox works, where normal users may make no user
 * namespaces, nor pkexec, which opens the firewall and installs updates.
 */
export async function startAnew({ kind, target }: Installation): Promise<void> {
  // The Windows installer starts it when it is done.
  if (kind === 'installer') return
  if (process.platform !== 'linux') return app.relaunch()
  // An AppImage runs from a place that goes with it: it is started from its own file.
  const program = kind === 'appImage' ? target : process.execPath
  const words = ['-c', onceItHasEnded, 'sh', program, ...process.argv.slice(1)]
  await keepFilesFromChildren()
  spawn('/bin/sh', words, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] }).unref()
}

const setDescriptorFlags = 2
const closeOnExec = 1

/** Chromium has files open that a program started from here would keep open: its own helpers would live on by them. */
async function keepFilesFromChildren(): Promise<void> {
  const { default: koffi } = await import('koffi')
  const fcntl = koffi.load(null).func('int fcntl(int fd, int command, ...)') as (...words: unknown[]) => number
  for (const name of readdirSync('/proc/self/fd'))
    // What is no longer open by then, the listing itself for one, is refused.
    if (Number(name) > 2) fcntl(Number(name), setDescriptorFlags, 'int', closeOnExec)
}
