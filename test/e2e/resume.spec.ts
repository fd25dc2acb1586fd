import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('a simulated exam that was killed is offered again, and can be given up', async ({ launch }) => {
  const dataFolder = temporaryFolder('killed')
  const before = await launch({ dataFolder, args: ['--demo', '--machines', '4'] })
  await expect(before.tiles).toHaveCount(4, { timeout: 30_000 })
  await before.kill()

  const after = await launch({ dataFolder, args: ['--machines', '4'] })
  await expect(after.page.getByTestId('resume')).toContainText('Un examen a été interrompu')
  await after.page.getByTestId('resume-resume').click()
  await after.expectFace('running')
  await expect(after.tiles).toHaveCount(4)
  await after.kill()

  const last = await launch({ dataFolder })
  await last.page.getByTestId('resume-discard').click()
  await expect(last.page.getByTestId('resume')).toHaveCount(0)
  await last.close()
  const clean = await launch({ dataFolder })
  await clean.expectFace('chooseNic')
  expect((await clean.exam()).resumable).toBeUndefined()
})
