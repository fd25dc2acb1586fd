import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test as base, type TestInfo } from '@playwright/test'
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
      const amorce = await Amorce.launch(runtime, {
        dataFolder: temporaryFolder('data'),
        language: 'fr',
        ...options,
        logFile,
      })
      launched.push(amorce)
      return amorce
    })
    const failed = testInfo.status !== testInfo.expectedStatus
    for (const [index, amorce] of launched.entries()) {
      if (failed && amorce.running) await attachWindow(testInfo, `window-${index + 1}.png`, amorce)
      await amorce.close()
    }
    if (failed && existsSync(logFile)) await testInfo.attach('amorce.log', { path: logFile })
  },
})

/** Tests that look at one and the same simulated room, once all of its machines have come as far as they can. */
export const demoTest = test.extend<{ demo: Amorce }, { settledDemo: Amorce }>({
  settledDemo: [
    async ({ runtime }, use, workerInfo) => {
      const dataFolder = temporaryFolder('demo')
      const logFile = join(workerInfo.project.outputDir, 'demo.log')
      const amorce = await Amorce.launch(runtime, { dataFolder, language: 'fr', args: ['--demo'], logFile })
      await amorce.resize(1280, 800)
      await amorce.waitUntilSettled()
      await use(amorce)
      await amorce.close()
    },
    { scope: 'worker', timeout: 240_000 },
  ],

  demo: async ({ settledDemo }, use, testInfo) => {
    await use(settledDemo)
    if (testInfo.status !== testInfo.expectedStatus) await attachWindow(testInfo, 'window.png', settledDemo)
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

const attachWindow = async (testInfo: TestInfo, name: string, { page }: Amorce): Promise<void> =>
  testInfo.attach(name, { body: await page.screenshot(), contentType: 'image/png' })

export { expect } from '@playwright/test'
