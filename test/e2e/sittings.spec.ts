import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const roster = [
  'Numéro;Nom;Prénom;Groupe;Tiers-temps',
  ...Array.from(
    { length: 40 },
    (_, i) => `${1000 + i};Candidat${i};Prénom${i};${i % 2 ? 'TD2' : 'TD1'};${i === 3 ? 'Oui' : ''}`,
  ),
  ';Sans numéro;;;',
].join('\n')

test('an exam of 40 candidates, from a pasted list to the end', async ({ launch }) => {
  test.setTimeout(300_000)
  const amorce = await launch({ args: ['--machines', '40'] })
  const { page } = amorce
  const seat = (label: string): Locator => page.locator(`[data-testid="tile"][data-seat="${label}"]`)

  // The room: five rows of eight.
  await amorce.goTo('sittings')
  await page.getByTestId('sittings-tab').getByText('Salles').click()
  await page.getByTestId('room-add').click()
  await page.getByTestId('plan-name').fill('B104')
  await page.getByTestId('room-rows').fill('5')
  await page.getByTestId('room-perRow').fill('8')
  await page.getByTestId('room-aisles').fill('4')
  await page.getByTestId('room-draw').click()
  await expect(page.getByTestId('room-count')).toHaveText('40 places')
  await page.getByTestId('room-save').click()
  await expect(page.getByTestId('sit-down')).toBeVisible()
  await page.getByTestId('room-back').click()

  // The sitting and its candidates.
  await page.getByTestId('sittings-tab').getByText('Épreuves').click()
  await page.getByTestId('sitting-add').click()
  await page.getByTestId('sitting-title').fill('Algorithmique')
  await page.getByTestId('sitting-save').click()
  await expect(page.getByTestId('sitting-missing')).toContainText('les candidats')
  await page.getByTestId('roster-open').click()
  await page.getByTestId('roster-text').fill(roster)
  await expect(page.getByTestId('roster-preview')).toContainText('40 candidats lus')
  await expect(page.getByTestId('roster-preview')).toContainText('Ligne 42')
  await page.getByTestId('roster-take').click()
  await expect(page.getByTestId('candidate-row')).toHaveCount(40)
  await expect(page.getByTestId('sitting-missing')).toContainText('une place')
  await page.getByTestId('sitting-tab').getByText('Placement').click()
  await page.getByTestId('seating-assign').click()
  await expect(page.getByTestId('sitting-missing')).toHaveCount(0)

  // What is printed, and what is handed out at the start signal.
  const folder = temporaryFolder('exam-day')
  const subject = join(folder, 'Sujet.txt')
  writeFileSync(subject, 'Triez.')
  await amorce.answerDialogs({ open: [subject], save: join(folder, 'convocations.pdf') })
  await page.getByTestId('print-menu').click()
  await page.getByTestId('print-tickets').click()
  await expect.poll(() => existsSync(join(folder, 'convocations.pdf'))).toBe(true)
  await page.getByTestId('sitting-tab').getByText('Sujets').click()
  await page.getByTestId('subject-add').click()
  await expect(page.getByTestId('sitting-subject')).toContainText('Sujet.txt')

  // The rehearsal.
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(page.getByTestId('seat-plan')).toBeVisible()
  await expect(amorce.tiles).toHaveCount(40)
  await expect(page.getByTestId('quorum')).toContainText('il en faut 36')
  await page.getByTestId('console-holder').click()
  await page.getByTestId('console-holder-name').fill('Ana')
  await page.getByTestId('console-holder-save').click()
  await expect(page.getByTestId('console-holder')).toContainText('Ana')
  await expect(amorce.tilesAt('ready').nth(30)).toBeVisible({ timeout: 90_000 })
  await page.getByTestId('sitting-begin').click()
  await expect(page.getByTestId('remaining')).toContainText('01:59')
  const held = async () => (await amorce.snapshot()).sittings![0]!
  await expect
    .poll(async () => (await amorce.call('papers.view', undefined)).subjects[0]?.fetchedBy, { timeout: 60_000 })
    .toBeGreaterThan(20)

  // A machine tells of an incident, as its agent does.
  const teller = (await amorce.machines()).find(({ stage }) => stage === 'ready')!
  const endpoint = (await amorce.services()).find(({ name }) => name === 'http')?.endpoint ?? ''
  await tell(endpoint, teller.address!, { stage: 'ready', incidents: [{ incident: 'usbPlugged', text: 'SanDisk' }] })
  await expect.poll(async () => (await amorce.snapshot()).incidents?.[0]?.kind).toBe('usbPlugged')

  // The work is collected, and follows a candidate who is moved.
  await amorce.call('papers.collect', { isFinal: false })
  const worksOf = async (candidate: string) =>
    (await amorce.call('papers.view', undefined)).seats
      .flatMap(({ seat, works }) => works.map((work) => ({ seat, ...work })))
      .filter((work) => work.candidate === candidate)
  const readySeats = (await amorce.machines()).flatMap(({ stage, seat: at }) => (stage === 'ready' && at ? [at] : []))
  const [from, to] = [readySeats[4]!, readySeats[5]!]
  const moved = (await held()).candidates.find(({ seatId }) => seatId === from.id)!
  const movedName = `${moved.firstName} ${moved.lastName}`
  await expect.poll(async () => (await worksOf(movedName)).length, { timeout: 60_000 }).toBe(1)
  await amorce.call('candidate.seat', { candidateId: moved.id, seatId: to.id, who: 'Ana' })
  await expect(seat(to.label)).toContainText(moved.lastName)
  // Its new machine's agent looks, brings the file back and goes on with it.
  await page.waitForTimeout(6000)
  await amorce.call('papers.collect', { isFinal: false })
  await expect.poll(async () => (await worksOf(movedName)).length, { timeout: 60_000 }).toBe(2)
  const works = (await worksOf(movedName)).sort((a, b) => a.version - b.version)
  expect(works.map((work) => work.seat)).toEqual([from.label, to.label])
  expect(works[1]!.size).toBeGreaterThan(works[0]!.size * 1.5)

  // One candidate: time, a move, a lock with its code, a note.
  const first = amorce.tilesAt('ready').first()
  const label = (await first.getAttribute('data-seat')) ?? ''
  await first.click()
  await expect(page.getByTestId('unlock-code')).toHaveText(/^\d{6}$/)
  await amorce.machinePanel.getByTestId('act-lock').click()
  await amorce.machinePanel.getByTestId('act-text').fill('Téléphone')
  await amorce.machinePanel.getByTestId('act-do').click()
  await expect(seat(label)).toContainText('verrouillé')
  await amorce.machinePanel.getByTestId('act-unlock').click()
  await expect(seat(label)).not.toContainText('verrouillé')
  await amorce.machinePanel.getByTestId('act-extend').click()
  await amorce.machinePanel.getByTestId('act-text').fill('10')
  await amorce.machinePanel.getByTestId('act-do').click()
  await expect(seat(label)).toContainText(/[12]\sh\s\d\d/)
  await page.keyboard.press('Escape')

  // Found by their name, and named in the table.
  const listed = `${moved.lastName} ${moved.firstName}`
  await page.getByRole('searchbox').fill(listed)
  await amorce.choose('exam-layout', 'Tableau')
  await expect(page.getByTestId('machine-candidate')).toHaveText(listed)
  await amorce.choose('exam-layout', 'Plan')
  await page.getByRole('searchbox').fill('')

  // All of them.
  await page.getByTestId('choose').click()
  await page.getByTestId('choose-all').click()
  await page.getByTestId('chosen-bar').getByTestId('act-message').click()
  await page.getByTestId('act-text').fill('Il reste une heure')
  await page.getByTestId('act-do').click()
  await page.getByTestId('chosen-bar').getByRole('radio', { name: 'présent' }).click()
  const ruled = async () => (await amorce.snapshot()).bootChoices!.rules.length
  await page.getByTestId('chosen-boot-profile').selectOption({ label: 'Menu de démarrage' })
  await page.getByTestId('chosen-boot-set').click()
  await expect.poll(ruled).toBe(40)
  const chosen = page.getByTestId('toast').filter({ hasText: 'Démarrage choisi pour 40 postes' })
  await chosen.getByTestId('toast-action').click()
  await expect.poll(ruled).toBe(0)
  await page.getByTestId('choose').click()
  const sitting = (await amorce.snapshot()).sittings?.[0]
  expect(sitting?.candidates.every(({ presence }) => presence === 'present')).toBe(true)

  // An incident that somebody writes, and acknowledges.
  await page.getByTestId('incidents').click()
  await page.getByTestId('incident-text').fill('Alarme incendie, fausse alerte')
  await page.getByTestId('incident-write').click()
  await expect(page.getByTestId('incident').first()).toContainText('Alarme incendie')
  await page.getByTestId('incident-acknowledge').first().click()
  await page.getByTestId('incident-comment').fill('Rien')
  await page.getByTestId('incident-seen').click()
  await expect(page.getByTestId('incident').first()).toContainText('Rien')
  await page.getByTestId('incidents').click()

  // For the room: the time, and nobody's name.
  await page.getByTestId('project').click()
  await expect(page.getByTestId('projection')).toContainText('Algorithmique')
  await expect(page.getByTestId('projection')).not.toContainText('Candidat')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('projection')).toHaveCount(0)

  // The clock stands still, goes on, and the sitting ends.
  await page.getByTestId('sitting-pause').click()
  await expect(page.getByTestId('sitting-bar')).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('sitting-go-on').click()
  await page.getByTestId('sitting-close').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Terminer' }).click()
  await expect(page.getByTestId('sitting-bar')).toHaveCount(0)

  await amorce.goTo('sittings')
  await page.getByTestId('sitting-tab').getByText('Journal').click()
  const journal = page.getByTestId('sitting-journal')
  await expect(journal).toContainText('Départ donné')
  await expect(journal).toContainText('verrouillé : Téléphone')
  await expect(journal).toContainText('Menu de démarrage, au prochain démarrage')
  await expect(journal).toContainText('par Ana')
  await expect(page.getByText('Chaîne vérifiée')).toBeVisible()

  // It is played again.
  await page.getByTestId('sitting-tab').getByText('Déroulement').click()
  await expect(page.getByTestId('timeline-seat')).toHaveCount(40)
  await expect(page.getByTestId('timeline-seat').filter({ hasText: 'prêt' }).nth(20)).toBeVisible()
  const slider = page.getByTestId('timeline-slider')
  await slider.fill((await slider.getAttribute('min')) ?? '')
  await expect(page.getByTestId('timeline-seat').filter({ hasText: 'prêt' })).toHaveCount(0)
  await expect(page.getByTestId('timeline-boots')).toBeVisible()

  // The report, and what is beside it.
  const pdf = join(folder, 'pv.pdf')
  await amorce.answerDialogs({ save: pdf })
  await page.getByTestId('report-save').click()
  await expect.poll(() => existsSync(join(folder, 'pv.zip')), { timeout: 30_000 }).toBe(true)
  const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' })
  const { entries } = await amorce.call('sitting.journal', sitting!.id)
  for (const part of [
    'Procès-verbal',
    'Algorithmique',
    'Répétition',
    'Plan de la salle',
    'Clé USB branchée',
    'SanDisk',
  ])
    expect(text).toContain(part)
  for (const part of [
    'Noté par le surveillant : Alarme',
    'Téléphone',
    `${from.label} → ${to.label}`,
    'copie.txt',
    'La chaîne est intacte',
  ])
    expect(text).toContain(part)
  // It goes over two lines.
  expect(text.replace(/\s/g, '')).toContain(entries.at(-1)!.hash)
  const lines = readFileSync(join(folder, 'pv.csv'), 'utf8').trim().split('\r\n')
  expect(lines).toHaveLength(41)
  expect(JSON.parse(readFileSync(join(folder, 'pv.json'), 'utf8'))).toMatchObject({ format: 'amorce-report-1' })
})

/** As the agent of the machine that has this address. */
const tell = (endpoint: string, from: string, heartbeat: object): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const [host, port] = endpoint.split(':')
    const body = JSON.stringify(heartbeat)
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    const options = { host, port, path: '/api/heartbeat', method: 'POST', headers, localAddress: from, agent: false }
    const call = request(options, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    call.on('error', reject)
    call.end(body)
  })

test('seats learn their machines as these are switched on', async ({ launch }) => {
  const amorce = await launch({ args: ['--machines', '4'] })
  const { page } = amorce
  await amorce.goTo('sittings')
  await page.getByTestId('sittings-tab').getByText('Salles').click()
  await page.getByTestId('room-add').click()
  await page.getByTestId('plan-name').fill('B105')
  await page.getByTestId('room-csv').click()
  await page.getByTestId('room-csv-text').fill('place;colonne;rang\nX1;1;1\nX2;2;1\nX3;x;1')
  await page.getByTestId('room-csv-take').click()
  await expect(page.getByText('La ligne 4 n’a pas d’étiquette')).toBeVisible()
  await page.getByTestId('room-csv-text').fill('place;colonne;rang\nX1;1;1\nX2;2;1')
  await page.getByTestId('room-csv-take').click()
  await page.getByTestId('room-save').click()
  await page.getByTestId('sit-down').click()
  await expect(page.getByTestId('sit-down-bar')).toContainText('Allumez le poste de la place X1')
  await page.getByTestId('sit-down-stop').click()
  await expect(page.getByTestId('sit-down-bar')).toHaveCount(0)
})
