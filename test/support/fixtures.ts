import { existsSync } from 'node:fs'
import { test as base } from '@playwright/test'
import { Amorce, type AmorceOptions } from './amorce.ts'
import { LabNetwork } from './namespaces.ts'
import { prepareRuntime, type Runtime } from './runtime.ts'
import { temporaryFolder } from './temporary.ts'

type LaunchOptions = Partial<Omit<AmorceOptions, 'logFile'>>

interface Fixtures {
  /** Starts the app; it is closed when the test ends, and shown and quoted when the test failed. */
  launch(options?: LaunchOptions): Promise<Amorce>
}

/** Tests of the real app on this machine. */
export const test = base.extend<Fixtures, { runtime: Runtime }>({
  runtime: [
    async ({}, use) => {
      const runtime = await prepareRuntime()
      await use(runtime)
      await runtime.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],

  launch: async ({ runtime }, use, testInfo) => {
    const launched: Amorce[] = []
    const logFile = testInfo.outputPath('amorce.log')
    await use(async (options = {}) => {
      const amorce = await Amorce.launch(runtime, { dataFolder: temporaryFolder('data'), ...options, logFile })
      launched.push(amorce)
      return amorce
    })
    const failed = testInfo.status !== testInfo.expectedStatus
    for (const [index, amorce] of launched.entries()) {
      if (failed && amorce.running)
        await testInfo.attach(`window-${index + 1}.png`, {
          body: await amorce.page.screenshot(),
          contentType: 'image/png',
        })
      await amorce.close()
    }
    if (failed && existsSync(logFile)) await testInfo.attach('amorce.log', { path: logFile })
  },
})

/** Tests of the real app on a network of its own. */
export const labTest = test.extend<{ network: LabNetwork }>({
  network: async ({}, use) => {
    const network = await LabNetwork.create()
    try {
      await use(network)
    } finally {
      await network.destroy()
    }
  },

  // The network is named first and so ended last: an app must not lose its machine while it is being closed.
  launch: async ({ network, launch }, use) => {
    await use((options = {}) => launch({ machine: network.laptop, ...options }))
  },
})

export { expect } from '@playwright/test'
