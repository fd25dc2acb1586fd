import { defineConfig } from '@playwright/test'

// Both projects drive the real Electron app. `npm test` runs them after the unit tests (tools/test.mjs); by hand:
// npx playwright test --project e2e -g "what a test is called"
export default defineConfig({
  outputDir: 'test-results',
  // One app at a time: a second one would find the ports taken, which is a test of its own.
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  // Real firmware on an emulated CPU: one more try, which the report then calls flaky.
  retries: process.env['CI'] ? 1 : 0,
  reporter: 'list',
  projects: [
    { name: 'e2e', testDir: 'test/e2e', timeout: 90_000 },
    // Emulated PCs boot in here, for which a minute is nothing unusual.
    // Not a test: it makes docs/images (npm run screenshots).
    { name: 'screens', testDir: 'test/screens', timeout: 90_000 },
    // Not a test either: `npm run bench -- console`.
    { name: 'console', testDir: 'test/bench/console', timeout: 300_000 },
    { name: 'lab', testDir: 'test/lab', timeout: 300_000 },
  ],
})
