import { join } from 'node:path'
import { projectRoot } from '../../tools/run.mjs'
import { demoTest as test } from '../support/fixtures.ts'
import { furnish, photograph } from '../support/screens.ts'

// The pictures of the README and of the documentation: `npm run screenshots`.

test('the main screens, as the documentation shows them', async ({ demo }) => {
  test.setTimeout(240_000)
  await furnish(demo)
  // The next exam in a room that is known: the stock has seen its machines boot.
  await demo.call('exam.stop', undefined)
  await demo.call('exam.startDemo', undefined)
  await demo.waitUntilSettled()
  await photograph(demo, 'light', join(projectRoot, 'docs', 'images'))
})
