import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import PdfDocument from 'pdfkit'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { inside, LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { sha256 } from '../support/tftpClients.ts'

const { examNic, examAddress } = LabNetwork

/** Where the pictures go that are looked at by hand; none are taken unless it is said. */
const pictures = process.env['AMORCE_PICTURES']

test('a candidate fetches the paper and hands work in with a browser, through a cable that is pulled', async ({
  launch,
  network,
}) => {
  const folder = temporaryFolder('candidate')
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  // More than one part, so that a cut comes between two acknowledgements.
  const work = randomBytes(25_000_000)
  const workPath = file('Réponses n°1.zip', work)
  const subject = file('Sujet de maths.pdf', Buffer.from('Démontrez.'))
  const shown = [
    file('Consignes.txt', Buffer.from('Sans calculatrice.')),
    file('Sujet à lire.pdf', await onePage('Exercice 1')),
    file('Page.html', Buffer.from('<script>parent.alert(1)</script>')),
  ]

  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  await amorce.answerDialogs({ open: [subject] })
  await amorce.goTo('papers')
  await amorce.page.getByTestId('papers-add').click()
  await expect(amorce.page.getByTestId('subject')).toHaveCount(1)

  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()
  // Slow enough to be cut in the middle.
  const slow = ['tbf', 'rate', '12mbit', 'burst', '64kb', 'latency', '50ms']
  await machine.mustRun('tc', ['qdisc', 'add', 'dev', 'eth0', 'root', ...slow])
  const { httpPort } = await amorce.settings()
  const browser = await inside(machine, () =>
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }),
  )
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'fr-FR' })
    const picture = async (name: string): Promise<void> => {
      if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    }
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`http://${examAddress}:${httpPort}/exam`)

    // The paper.
    await expect(page.getByRole('heading', { name: 'Fichiers d’examen' })).toBeVisible()
    await picture('exam-1-fr')
    const link = page.getByRole('link', { name: 'Sujet de maths.pdf' })
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe('Sujet de maths.pdf')
    expect(readFileSync(await download.path(), 'utf8')).toBe('Démontrez.')
    await expect(amorce.page.getByTestId('subject-fetched')).toContainText('1 sur 1')
    // Whoever is there by the keyboard stays there when the page asks what is new.
    await link.focus()
    for (let answers = 0; answers < 2; answers++)
      await page.waitForResponse((answer) => answer.url().includes('/state'))
    await expect(link).toBeFocused()

    // What a browser shows is read without another program; what could act in the page's name is not shown.
    await amorce.answerDialogs({ open: shown })
    await amorce.page.getByTestId('papers-add').click()
    const view = (name: string) => page.getByRole('button', { name: `Voir ${name}` })
    await expect(view('Consignes.txt')).toBeVisible({ timeout: 15_000 })
    await expect(page.locator('#subjects li')).toHaveCount(4)
    await expect(view('Page.html')).toHaveCount(0)
    await view('Consignes.txt').click()
    const viewer = page.getByRole('dialog', { name: 'Consignes.txt' })
    await expect(viewer.frameLocator('iframe').getByText('Sans calculatrice.')).toBeVisible()
    await viewer.getByRole('button', { name: 'Fermer' }).click()
    await expect(viewer).toBeHidden()
    const pdf = page.waitForResponse((answer) => answer.url().includes('.pdf') && answer.url().includes('view'))
    await view('Sujet à lire.pdf').click()
    const { 'content-disposition': how, 'content-type': type } = (await pdf).headers()
    expect([how?.split(';')[0], type]).toEqual(['inline', 'application/pdf'])
    await picture('exam-1b-pdf-fr')
    await page.getByRole('button', { name: 'Fermer' }).click()
    const html = page.getByRole('link', { name: 'Page.html' })
    const address = new URL((await html.getAttribute('href')) ?? '', page.url())
    expect(await machine.mustRun('curl', ['-sI', `${address.href}&view=1`])).toMatch(
      /^content-disposition: attachment/im,
    )

    // The work: cut off, and taken up where it was.
    await page.getByLabel('Nom et prénom').fill('Zoé Martin')
    await page.getByLabel('Fichiers à rendre').setInputFiles(workPath)
    await page.getByRole('button', { name: 'Envoyer' }).click()
    const upload = page.locator('#uploads li').first()
    await expect(upload).toContainText(/Envoi : [1-9]\d? %/, { timeout: 30_000 })
    await picture('exam-2-sending-fr')
    await machine.ip('link', 'set', 'eth0', 'down')
    await expect(upload).toContainText('Liaison coupée', { timeout: 60_000 })
    await picture('exam-3-cut-fr')
    await machine.mustRun('tc', ['qdisc', 'del', 'dev', 'eth0', 'root'])
    await machine.ip('link', 'set', 'eth0', 'up')
    await expect(upload).toContainText('Reçu, version 1.', { timeout: 60_000 })

    // The receipt says what is on the disk, to the candidate and to the technician.
    const receipt = page.locator('#receipts tbody tr')
    await expect(receipt).toHaveCount(1)
    await expect(receipt).toContainText('Réponses n°1.zip')
    await expect(receipt.locator('code')).toHaveText(sha256(work))
    const kept = readdirSync(join(amorce.dataFolder, 'papers'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.zip'))
      .map((name) => sha256(readFileSync(join(amorce.dataFolder, 'papers', name))))
    expect(kept).toEqual([sha256(work)])
    const seat = amorce.page.locator('[data-testid="seat-row"]', { hasText: 'Réponses n°1.zip' })
    await expect(seat).toContainText('Zoé Martin')
    await picture('exam-4-receipt-fr')

    // Another version, in English, with what is asked of everybody at the end.
    await amorce.page.getByTestId('papers-collect').click()
    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Exam files' })).toBeVisible()
    await expect(upload).toContainText('Received, version 1.')
    await expect(page.getByRole('alert')).toContainText('Keep your work safe', { timeout: 15_000 })
    await picture('exam-5-collect-en')
    await page.getByLabel('Files to hand in').setInputFiles(file('Réponses n°1.zip', Buffer.from('shorter')))
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.locator('#uploads li').first()).toContainText('Received, version 2.', { timeout: 30_000 })
    await expect(receipt).toHaveCount(2)
    await expect(page.getByRole('alert')).toBeHidden()
    await picture('exam-6-receipts-en')
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})

/** A PDF of one page that says this. */
function onePage(text: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const document = new PdfDocument({ size: 'A4' })
    document.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)))
    document.fontSize(40).text(text)
    document.end()
  })
}
