import type { Clock } from '../base/index.ts'
import type { WindowsPackage } from '../boot/index.ts'
import type { Settings } from '../storage/index.ts'
import { kitFiles, manifestHashOf, readDeploy } from '../windowsKit/index.ts'

/** The package for installed Windows that was made last, as Windows PE lays it: made again from the same choices. */
export class WindowsKitDesk {
  readonly #settings: Settings
  readonly #sources: string
  readonly #clock: Clock

  /** @param sources the folder of the package's sources */
  constructor(settings: Settings, sources: string, clock: Clock) {
    this.#settings = settings
    this.#sources = sources
    this.#clock = clock
  }

  /** One was made, and its last day is not over. */
  get isValid(): boolean {
    const { windowsKit } = this.#settings.current
    return windowsKit !== null && windowsKit.endsAt > this.#clock.now()
  }

  async made(): Promise<WindowsPackage | undefined> {
    const { windowsKit } = this.#settings.current
    if (windowsKit === null || !this.isValid) return undefined
    const files = await kitFiles(windowsKit, this.#sources)
    return { files, manifestHash: manifestHashOf(files) }
  }

  deployScript(): Promise<Buffer> {
    return readDeploy(this.#sources)
  }
}
