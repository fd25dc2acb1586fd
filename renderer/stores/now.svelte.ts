/** The present, moving once a second: elapsed times on the screen follow it. */
export class Now {
  /** Milliseconds since the Unix epoch. */
  value = $state(Date.now())

  /** Returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => (this.value = Date.now()), 1000)
    return () => clearInterval(timer)
  }
}
