/**
 * Ends the process at once with `exitCode`. Everything that must be saved or released has been by then.
 *
 * `app.exit` and `process.exit` take Node's environment apart first. There, with Electron 25, a callback that is due is
 * called over and over although JavaScript may no longer run, and every few exits never end. So where there is a C
 * library at hand its `_exit` is called; a terminal or a pipe has been written by then, since both are synchronous there.
 */
export async function exitNow(exitCode: number): Promise<never> {
  if (process.platform !== 'win32') {
    const { default: koffi } = await import('koffi')
    const exit = koffi.load(null).func('void _exit(int code)') as (code: number) => void
    exit(exitCode)
  }
  process.exit(exitCode)
}
