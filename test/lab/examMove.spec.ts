import { addLockedExam, beginSitting, ExamGuest } from '../support/examGuest.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'

const [first, second] = ['52:54:00:0e:ca:11', '52:54:00:0e:ca:12']

test('a candidate who is moved to another PC finds their work there', async ({ launch, network }, info) => {
  test.setTimeout(2_400_000)
  const amorce = await launch()
  await addLockedExam(amorce, { rules: { autosaveMinutes: 5, lockUntilStart: false } })
  const { candidateIds, seatIds } = await beginSitting(amorce, [first, second])
  const [candidateId, secondSeat] = [candidateIds[0]!, seatIds[1]!]
  await amorce.startExam(LabNetwork.examNic)
  const stageOf = async (mac: string) => (await amorce.machines()).find((each) => each.mac === mac)?.stage
  const guests: ExamGuest[] = []
  const powerOn = async (mac: string, name: string) => {
    const logFile = info.outputPath(`${name}.log`)
    const guest = await ExamGuest.powerOn(network.room, { mac, logFile })
    guests.push(guest)
    await guest.pc.waitFor(/lab: work \d+/, 900_000)
    await expect.poll(() => stageOf(mac), { timeout: 120_000 }).toBe('ready')
    return guest
  }
  const works = async () =>
    (await amorce.call('papers.view', undefined)).seats
      .flatMap((seat) => seat.works)
      .filter(({ name }) => name === 'travail.tar.gz')
      .sort((a, b) => a.version - b.version)
  const sums = (guest: ExamGuest) =>
    guest.asRoot('cd /home/examen && find Travail -type f | sort | xargs -d "\\n" sha256sum')
  const screenOf = (guest: ExamGuest, words: string) =>
    expect.poll(() => guest.screen(), { timeout: 60_000 }).toContain(words)
  const moveTo = (seatId: number) => amorce.call('candidate.seat', { candidateId, seatId, who: 'Labo' })

  try {
    const a = await powerOn(first, 'pc-a')
    // Written, and let alone: it is sent by itself well before the interval.
    await a.asCandidate(
      'cd /home/examen/Travail && mkdir -p "TP n°3" && head -c 300000 /dev/urandom > "TP n°3/données.bin"',
    )
    await a.asCandidate('echo "fonction réponse" > /home/examen/Travail/rendu.py')
    await expect.poll(works, { timeout: 180_000 }).toHaveLength(1)
    const written = await sums(a)
    expect(written.trim().split('\n')).toHaveLength(2)

    await moveTo(secondSeat)
    await screenOf(a, 'Personne n’est placé à ce poste')
    await expect.poll(() => a.shown(), { timeout: 60_000 }).toBe('tty12')
    const b = await powerOn(second, 'pc-b')
    expect(b.pc.console).toContain('amorce: work restored')
    // Before the session was shown, and as the candidate's own.
    expect(b.pc.console.indexOf('amorce: work restored')).toBeLessThan(b.pc.console.indexOf('amorce: state working'))
    expect(await sums(b)).toBe(written)
    expect(await b.asRoot('find /home/examen/Travail ! -user examen')).toBe('')
    await expect.poll(() => b.shown(), { timeout: 60_000 }).toBe('tty7')
  } finally {
    for (const { pc } of guests) await pc.powerOff()
  }
})
