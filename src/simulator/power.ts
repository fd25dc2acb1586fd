import type { Clock } from '../base/index.ts'

/** Thrown wherever a machine is waiting when its power goes. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'

  constructor() {
    super('the power went')
  }
}

/** Waits `ms` milliseconds of `clock`, or throws `PowerCut` as soon as `power` is aborted. */
export const pause = (clock: Clock, ms: number, power: AbortSignal): Promise<void> =>
  whilePowered(power, (resolve) => clock.after(ms, resolve))

/**
 * A promise that a power cut rejects.
 * @param begin starts the work and returns what releases it; that is called once, however the work ends.
 */
export async function whilePowered<Value = void>(
  power: AbortSignal,
  begin: (resolve: (value: Value) => void, reject: (error: Error) => void) => () => void,
): Promise<Value> {
  if (power.aborted) throw new PowerCut()
  let onCut = (): void => {}
  let release = (): void => {}
  try {
    return await new Promise<Value>((resolve, reject) => {
      onCut = () => reject(new PowerCut())
      power.addEventListener('abort', onCut)
      release = begin(resolve, reject)
    })
  } finally {
    power.removeEventListener('abort', onCut)
    release()
  }
}
