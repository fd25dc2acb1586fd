import type { Clock } from '../base/index.ts'

/** Thrown wherever a machine is waiting when its power goes. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'

  constructor() {
    super('the power went')
  }
}

/** Waits `ms` milliseconds of `clock`, or throws `PowerCut` as soon as `power` is aborted. */
export function pause(clock: Clock, ms: number, power: AbortSignal): Promise<void> {
  return whilePowered(power, (resolve) => {
    const cancel = clock.after(ms, () => resolve())
    return cancel
  })
}

/**
 * A promise that a power cut rejects.
 * @param begin starts the work and returns what releases it; that is called once, however the work ends.
 */
export function whilePowered<Value>(
  power: AbortSignal,
  begin: (resolve: (value: Value) => void, reject: (error: Error) => void) => () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (power.aborted) {
      reject(new PowerCut())
      return
    }
    let release: (() => void) | undefined
    let settled = false
    const settle = (finish: () => void): void => {
      if (settled) return
      settled = true
      power.removeEventListener('abort', onCut)
      release?.()
      finish()
    }
    const onCut = (): void => settle(() => reject(new PowerCut()))
    power.addEventListener('abort', onCut)
    release = begin(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    )
    // Work that ended while it was being started had nothing to call yet.
    if (settled) release()
  })
}
