import { addLockedExam, beginSitting, ExamGuest } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'

const [first, second] = ['52:54:00:0e:ca:11', '52:54:00:0e:ca:12']

// One machine, at whose seat two candidates take turns: what each left there is taken away in between, so that what they find
// comes from the server, as it does at another machine.
test('candidates who change places find their newest work and nothing of one another; at the end all of it is sent', async ({
  launch,
  network,
}, info) => {
  test.setTimeout(1_800_000)
  const amorce = await launch()
  await addLockedExam(amorce, { rules: { autosaveMinutes: 5, lockUntilStart: false } })
  const { id, candidateIds, seatIds } = await beginSitting(amorce, [first, second], 2)
  const [eva, bo] = candidateIds as [number, number]
  await amorce.startExam(LabNetwork.examNic)
  const works = async (name: string) =>
    (await amorce.call('papers.view', undefined)).seats
      .flatMap((seat) => seat.works)
      .filter((work) => work.name === 'travail.tar.gz' && work.candidate === name)
      .sort((a, b) => a.receivedAt - b.receivedAt)
  const pc = await ExamGuest.powerOn(network.room, { mac: first, logFile: info.outputPath('console.log') })
  const sums = () => pc.asRoot('cd /home/examen && find Travail -type f | sort | xargs -r -d "\\n" sha256sum')
  const isShown = (console: string) => expect.poll(() => pc.shown(), { timeout: 120_000 }).toBe(console)
  /** Who changes places with whoever is there; nobody waits until anything is sent. */
  const takesTheSeat = async (candidateId: number) => {
    await amorce.call('candidate.seat', { candidateId, seatId: seatIds[0]!, who: 'Labo' })
    const folder = () => pc.asRoot('cat /run/amorce/folder 2> /dev/null')
    await expect.poll(folder, { timeout: 180_000 }).toBe(`${candidateId}\n`)
    await isShown('tty7')
    await pc.asRoot('rm -rf /run/amorce/former')
    expect(await pc.asRoot('find /home/examen/Travail ! -user examen')).toBe('')
  }
  /** Who may read the candidate's home, or is in their session, finds no such word, which no file of the system has either. */
  const hasNothingOf = async (word: string) =>
    expect(await pc.asCandidate(`grep -rlsF ${word} /home /tmp /var/tmp /dev/shm /run 2> /dev/null`)).toBe('')

  try {
    await pc.pc.waitFor(/lab: work \d+/, 900_000)
    await isShown('tty7')
    let evas = ''

    await test.step('what is let alone is sent by itself', async () => {
      await pc.asCandidate(
        'cd /home/examen/Travail && mkdir -p "TP n°3" && head -c 300000 /dev/urandom > "TP n°3/données.bin"',
      )
      await pc.asCandidate('echo "fonction eva4711" > /home/examen/Travail/rendu.py')
      await expect.poll(() => works('Éva Noël'), { timeout: 180_000 }).toHaveLength(1)
    })

    await test.step('each finds what they wrote the moment before they went, and nothing of the other', async () => {
      await pc.asCandidate('echo "eva4711, second" >> /home/examen/Travail/rendu.py')
      await pc.asCandidate('echo "eva4711, for who comes next" > /tmp/notes; cp /tmp/notes /dev/shm/notes')
      evas = await sums()
      await takesTheSeat(bo)
      expect(await sums()).toBe('')
      await hasNothingOf('eva4711')
      await pc.asCandidate('echo "bo4712" > /home/examen/Travail/rendu.py')
      const bos = await sums()
      await takesTheSeat(eva)
      expect(await sums()).toBe(evas)
      await hasNothingOf('bo4712')
      await pc.asCandidate('echo "eva4711, third" >> /home/examen/Travail/rendu.py')
      evas = await sums()
      await takesTheSeat(bo)
      expect(await sums()).toBe(bos)
      await hasNothingOf('eva4711')
    })

    await test.step('nobody is seated there any more', async () => {
      await amorce.call('candidate.seat', { candidateId: bo, seatId: null, who: 'Labo' })
      await expect.poll(() => pc.screen(), { timeout: 60_000 }).toContain('Personne n’est placé à ce poste')
      await isShown('tty12')
      await expect.poll(() => pc.asRoot('find /home/examen/Travail -type f'), { timeout: 60_000 }).toBe('')
      await takesTheSeat(eva)
      expect(await sums()).toBe(evas)
    })

    await test.step('the end: locked, and the work is at the server', async () => {
      await pc.asCandidate('echo "eva4711, at last" >> /home/examen/Travail/rendu.py')
      // For one of them: the other has time left.
      await amorce.call('candidate.extend', { sittingId: id, candidateIds: [bo], minutes: 120, who: 'Labo' })
      const { title, module, roomId, quorum } = (await amorce.snapshot()).sittings![0]!
      const sitting = { title, module, roomId, quorum, durationMinutes: 1, warnings: [] }
      await amorce.call('sitting.update', { id, sitting })
      await expect
        .poll(() => pc.screen(), { timeout: 120_000 })
        .toMatch(/L’épreuve est terminée[^]*Travail reçu par le serveur à \d\d:\d\d/)
      await isShown('tty12')
      const sent = (await works('Éva Noël')).at(-1)?.sha256 ?? 'nothing'
      expect(await pc.screen()).toContain(`${sent.slice(0, 16)}…`)
      const kept = await pc.asRoot('tar -xzOf /run/amorce/work Travail/rendu.py; sha256sum < /run/amorce/work')
      expect(kept).toContain(`eva4711, at last\n${sent}`)
    })

    await test.step('what was written last is sent before the machine is switched off', async () => {
      await takesTheSeat(bo)
      const before = (await works('Bo Petit')).length
      await pc.asCandidate('echo "bo4712, at last" >> /home/examen/Travail/rendu.py')
      await amorce.call('candidate.power', { sittingId: id, candidateIds: [bo], action: 'powerOff', who: 'Labo' })
      await pc.pc.ended(120_000)
      expect(await works('Bo Petit')).toHaveLength(before + 1)
    })
  } finally {
    await pc.pc.powerOff()
  }
})
