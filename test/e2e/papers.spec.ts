import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { demoTest as test, expect } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('subjects are handed out and work comes back: the screen, and what a machine is told', async ({ demo }) => {
  const { page } = demo
  const folder = temporaryFolder('papers')
  const subject = join(folder, 'Sujet de maths.txt')
  writeFileSync(subject, 'Démontrez.')
  await demo.answerDialogs({ open: [subject], save: join(folder, 'copies.zip') })
  await demo.goTo('papers')
  await page.getByTestId('papers-add').click()
  const row = page.locator('[data-testid="subject"][data-name="Sujet de maths.txt"]')
  await expect(row.getByTestId('subject-fetched')).toContainText('sur 24')

  // As the browser of a machine speaks.
  const machine = (await demo.machines()).find(({ stage }) => stage === 'ready')!
  const endpoint = (await demo.services()).find(({ name }) => name === 'http')?.endpoint ?? ''
  const ask = (method: string, path: string, body = '', token = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const [host, port] = endpoint.split(':')
      const headers = { 'X-Exam-Token': token, 'Content-Length': Buffer.byteLength(body) }
      const options = { host, port, path, method, headers, localAddress: machine.address, agent: false }
      const call = request(options, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => (text += part))
        answer.on('end', () => resolve(text))
      })
      call.on('error', reject)
      call.end(body)
    })
  const state = JSON.parse(await ask('GET', '/exam/api/state')) as {
    token: string
    subjects: { name: string; href: string }[]
  }
  const mine = state.subjects.find(({ name }) => name === 'Sujet de maths.txt')
  expect(await ask('GET', mine?.href ?? '', '', state.token)).toBe('Démontrez.')
  const work = 'C’est démontré.'
  const sha256 = createHash('sha256').update(work).digest('hex')
  const wish = { name: 'réponse.txt', size: Buffer.byteLength(work), sha256, candidate: 'Émilie' }
  const { id } = JSON.parse(await ask('POST', '/exam/api/uploads', JSON.stringify(wish), state.token)) as { id: string }
  const told = JSON.parse(await ask('PUT', `/exam/api/uploads/${id}?offset=0`, work, state.token)) as {
    receipt: { version: number }
  }
  expect(told.receipt).toMatchObject({ name: 'réponse.txt', version: 1, sha256 })

  // Who sits there by the list counts, whatever name was typed.
  const { sittings = [] } = await demo.snapshot()
  const candidate = sittings.flatMap(({ candidates }) => candidates).find(({ seatId }) => seatId === machine.seat?.id)
  expect(candidate).toBeDefined()
  const seat = page.locator('[data-testid="seat-row"]', { hasText: 'réponse.txt' })
  await expect(seat).toContainText(`${candidate?.firstName} ${candidate?.lastName}`)
  await seat.click()
  await expect(page.getByTestId('work').first()).toContainText(sha256)
  await page.keyboard.press('Escape')
  await page.getByTestId('papers-collect').click()
  await expect(page.getByTestId('papers-round')).toContainText('Ramassage')
  // The machines of the room fetch what is handed out, and answer when they are asked.
  await expect(row.getByTestId('subject-fetched')).toContainText(/2[0-4] sur 24/, { timeout: 20_000 })
  await expect(page.getByTestId('papers-round')).toContainText(/2[0-4] postes/, { timeout: 20_000 })
  await page.getByTestId('papers-export').click()
  await expect(page.getByTestId('toast').filter({ hasText: 'Copies exportées' })).toBeVisible()
  await demo.goTo('exam')
})
