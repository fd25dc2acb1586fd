import { join } from 'node:path'
import { projectRoot } from '../../tools/run.mjs'
import { demoTest as test } from '../support/fixtures.ts'
import { furnish, photograph } from '../support/screens.ts'

// The pictures of the README and of the documentation: `npm run screenshots`.

test('the main screens, as the documentation shows them', async ({ demo }) => {
  await furnish(demo)
  await photograph(demo, 'light', join(projectRoot, 'docs', 'images'))
})
