import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportZip } from './exportZip.ts'
import { openDesk, type Desk } from './testing/desk.ts'
import { HandingIn, hashOf } from './testing/handingIn.ts'

let folder: string
let desk: Desk
let machine: HandingIn

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-papers-'))
  desk = await openDesk(folder)
  machine = new HandingIn(desk.port)
  await machine.state()
})
afterEach(async () => {
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

const fileOf = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const inPapers = (path: string): Buffer => readFileSync(join(folder, 'papers', path))

describe('handing out', () => {
  it('to all, to a group, to a seat: each machine sees its own, and who fetched is known', async () => {
    await desk.papers.addSubjects([fileOf('sujet.pdf', 'all')], ['all'])
    await desk.papers.addSubjects([fileOf('groupe.pdf', 'group')], ['group:B104'])
    await desk.papers.addSubjects([fileOf('tiers temps.pdf', 'seat')], ['seat:A3'])
    const names = async (address: string): Promise<string[]> =>
      (await new HandingIn(desk.port, address).state()).subjects.map(({ name }) => name)
    expect(await names('127.0.0.1')).toEqual(['sujet.pdf', 'groupe.pdf'])
    expect(await names('127.0.0.3')).toEqual(['sujet.pdf', 'tiers temps.pdf'])

    const third = new HandingIn(desk.port, '127.0.0.3')
    const href = (await third.state()).subjects[1]?.href ?? ''
    const answer = await third.call('GET', href)
    expect([answer.status, answer.raw.toString()]).toEqual([200, 'seat'])
    await expect.poll(() => desk.papers.view().subjects[2]).toMatchObject({ fetchedBy: 1, of: 1 })
    expect(desk.papers.view().subjects[0]).toMatchObject({ fetchedBy: 0, of: 3 })
    const tokenless = new HandingIn(desk.port, '127.0.0.3')
    expect((await tokenless.call('GET', href.replace(/token=.*/, ''))).status).toBe(401)
    const { token } = await machine.state()
    expect((await machine.call('GET', href.replace(/token=.*/, `token=${token}`))).status).toBe(404)
  })

  it('a subject that was taken back is not given any more, and is again when that is undone', async () => {
    await desk.papers.addSubjects([fileOf('sujet.pdf', 'x')], ['all'])
    const [subject] = desk.papers.view().subjects
    desk.papers.removeSubject(subject!.id)
    expect((await machine.state()).subjects).toEqual([])
    desk.papers.restoreSubject(subject!.id)
    expect((await machine.state()).subjects).toHaveLength(1)
  })
})

describe('handing in', () => {
  it('the receipt says what is on the disk, and versions are kept', async () => {
    const [first, second] = [randomBytes(200_000), randomBytes(100)]
    expect(await machine.handIn('rapport.odt', first)).toMatchObject({
      ...{ name: 'rapport.odt', version: 1, size: 200_000, sha256: hashOf(first), candidate: 'Ada' },
    })
    expect(await machine.handIn('rapport.odt', second)).toMatchObject({ version: 2, sha256: hashOf(second) })
    expect(inPapers('work/exam-1/A1/rapport.v1.odt')).toEqual(first)
    expect(inPapers('work/exam-1/A1/rapport.v2.odt')).toEqual(second)
    expect((await machine.state()).works).toHaveLength(2)
    expect(desk.events.filter(({ type }) => type === 'work.received')).toHaveLength(2)
    expect(desk.events.filter((event) => event.type === 'transfer.end')).toMatchObject([
      { direction: 'received', outcome: 'complete', bytes: 200_000, file: 'rapport.odt' },
      { direction: 'received', outcome: 'complete', bytes: 100 },
    ])
    expect(readdirSync(join(folder, 'papers', 'incoming'))).toEqual([])
  })

  it('an empty file, and one sent twice because its receipt was lost', async () => {
    expect(await machine.handIn('vide.txt', Buffer.alloc(0))).toMatchObject({ version: 1, size: 0 })
    const once = await machine.handIn('a.txt', Buffer.from('same'))
    expect(await machine.handIn('a.txt', Buffer.from('same'))).toEqual(once)
    await machine.handIn('a.txt', Buffer.from('other'))
    expect(await machine.handIn('a.txt', Buffer.from('same'))).toMatchObject({ version: 3 })
  })

  it('goes on where it was cut, also for another page and another life of the server', async () => {
    const content = randomBytes(300_000)
    const { value } = await machine.begin('projet.zip', content)
    expect((await machine.put(value.id, 0, content.subarray(0, 100_000))).value).toEqual({
      ...{ id: value.id, offset: 100_000 },
    })
    await desk.close()
    desk = await openDesk(folder)
    machine = new HandingIn(desk.port)
    await machine.state()
    expect((await machine.begin('projet.zip', content)).value).toEqual({ id: value.id, offset: 100_000 })
    expect((await machine.put(value.id, 7, Buffer.from('x'))).value).toEqual({ code: 'offset', offset: 100_000 })
    expect(await machine.handIn('projet.zip', content)).toMatchObject({ size: 300_000 })
  })

  it('a connection that is dead without knowing it gives way to the machine’s next try', async () => {
    const content = randomBytes(300_000)
    const { token } = await machine.state()
    const { value } = await machine.begin('projet.zip', content)
    const dead = connect(desk.port, '127.0.0.1')
    try {
      dead.write(
        `PUT /exam/api/uploads/${value.id}?offset=0 HTTP/1.1\r\nHost: x\r\nX-Exam-Token: ${token}\r\nContent-Length: 300000\r\n\r\n`,
      )
      dead.write(content.subarray(0, 100_000))
      await expect.poll(async () => (await machine.begin('projet.zip', content)).value.offset).toBe(100_000)
      await expect
        .poll(async () => (await machine.put(value.id, 100_000, content.subarray(100_000))).value, { timeout: 15_000 })
        .toMatchObject({ receipt: { size: 300_000, sha256: hashOf(content) } })
    } finally {
      dead.destroy()
    }
  })

  it('what does not have the hash it was said to have is not kept', async () => {
    const content = randomBytes(1000)
    const { value } = await machine.begin('a.bin', content, hashOf(Buffer.from('another')))
    expect(await machine.put(value.id, 0, content)).toMatchObject({ status: 422, value: { code: 'hashMismatch' } })
    expect(desk.papers.works()).toEqual([])
    expect(readdirSync(join(folder, 'papers', 'incoming'))).toEqual([])
  })

  it.each(['../../../escape.txt', '..\\..\\escape.txt', '/etc/passwd', 'CON', 'a\u0000b', '.', 'x'.repeat(255)])(
    'a hostile name stays in the folder of its seat: %j',
    async (name) => {
      const receipt = await machine.handIn(name, Buffer.from('hostile'))
      expect(receipt.name).toBe(name)
      const [{ path } = { path: '' }] = desk.papers.works()
      expect(path).toMatch(/^work\/exam-1\/A1\/[^/\\]+$/)
      expect(readdirSync(join(folder, 'papers', 'work', 'exam-1', 'A1'))).toHaveLength(1)
      expect(readdirSync(folder).sort()).toEqual(expect.arrayContaining(['papers']))
    },
  )

  it('two names that differ in capitals alone never share a file', async () => {
    await machine.handIn('Rapport.odt', Buffer.from('one'))
    await machine.handIn('rapport.odt', Buffer.from('two'))
    const paths = desk.papers.works().map(({ path }) => path.toLowerCase())
    expect(new Set(paths).size).toBe(2)
  })
})

describe('who may', () => {
  it('a machine that was not leased its address is refused', async () => {
    const stranger = new HandingIn(desk.port, '127.0.0.10')
    expect((await stranger.call('GET', '/exam/api/state')).status).toBe(403)
    expect((await stranger.begin('a', Buffer.from('a'))).status).toBe(403)
    expect((await stranger.call('GET', '/exam')).status).toBe(200)
  })

  it('no machine adds to what another sends, nor without a token', async () => {
    const { value } = await machine.begin('a.txt', Buffer.from('mine'))
    const other = new HandingIn(desk.port, '127.0.0.2')
    expect((await other.put(value.id, 0, Buffer.from('evil'))).status).toBe(401)
    await other.state()
    expect((await other.put(value.id, 0, Buffer.from('evil'))).status).toBe(404)
  })

  it.each([
    ['no name', { name: '', size: 1, sha256: 'a'.repeat(64) }],
    ['a size that is none', { name: 'a', size: -1, sha256: 'a'.repeat(64) }],
    ['a hash that is none', { name: 'a', size: 1, sha256: 'zz' }],
    ['nothing', null],
  ])('a wish with %s is refused', async (_, wish) => {
    expect((await machine.call('POST', '/exam/api/uploads', Buffer.from(JSON.stringify(wish)))).status).toBe(400)
  })

  it('what is too large is refused before any of it is sent', async () => {
    const wish = { name: 'a', size: 2 ** 40, sha256: 'a'.repeat(64) }
    expect(await machine.call('POST', '/exam/api/uploads', Buffer.from(JSON.stringify(wish)))).toMatchObject({
      ...{ status: 413, value: { code: 'upload.tooLarge' } },
    })
  })

  it('a full disk is said before it is written to, and what was kept stays', async () => {
    const receipt = await machine.handIn('a.txt', Buffer.from('kept'))
    await desk.close()
    desk = await openDesk(folder, { freeBytes: 1000 })
    machine = new HandingIn(desk.port)
    await machine.state()
    expect(await machine.begin('b.txt', Buffer.from('no'))).toMatchObject({
      status: 507,
      value: { code: 'upload.diskFull' },
    })
    expect((await machine.state()).works).toMatchObject([receipt])
  })
})

it('the page and its parts load nothing from elsewhere, and have the same words in both languages', async () => {
  for (const path of ['/exam', '/exam/exam.js', '/exam/exam.css']) {
    const { status, raw } = await machine.call('GET', path)
    expect(status).toBe(200)
    expect(raw.toString()).not.toMatch(/https?:\/\//)
  }
  const script = (await machine.call('GET', '/exam/exam.js')).raw.toString()
  const texts = new Function(
    `${script.slice(script.indexOf('const texts'), script.indexOf('let language'))};return texts`,
  )() as Record<'fr' | 'en', object>
  expect(Object.keys(texts.en)).toEqual(Object.keys(texts.fr))
})

it('a collection is asked for, and told to the machines', async () => {
  desk.papers.collect(true)
  expect((await machine.state()).round).toMatchObject({ number: 1, isFinal: true })
  expect(await machine.handIn('a.txt', Buffer.from('a'))).toMatchObject({ round: 1 })
  // The next one is answered by what is still the newest, without another version of it.
  desk.papers.collect(false)
  expect(await machine.handIn('a.txt', Buffer.from('a'))).toMatchObject({ version: 1, round: 2 })
  expect((await machine.state()).works).toMatchObject([{ version: 1, round: 2 }])
})

it('all work leaves as one archive that can be checked', async () => {
  await machine.handIn('rapport.odt', Buffer.from('one'))
  await machine.handIn('=1+1.csv', Buffer.from('two'))
  const target = join(folder, 'copies.zip')
  await exportZip(desk.papers.folder, desk.papers.works(), target)
  const script =
    'import zipfile,sys,hashlib\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor l in z.read("SHA256SUMS").decode().splitlines():\n  h,p=l.split("  ",1)\n  assert hashlib.sha256(z.read(p)).hexdigest()==h\nprint(z.read("manifest.csv").decode("utf-8-sig"))'
  const manifest = execFileSync('python3', ['-c', script, target]).toString()
  expect(manifest).toContain(`A1;Ada;rapport.odt;1;3;${hashOf(Buffer.from('one'))}`)
  expect(manifest).toContain("A1;Ada;'=1+1.csv;1;3")
  writeFileSync(join(folder, 'papers', 'work', 'exam-1', 'A1', 'rapport.v1.odt'), 'changed')
  await expect(exportZip(desk.papers.folder, desk.papers.works(), target)).rejects.toMatchObject({
    code: 'file.notWritten',
  })
})

describe('a sitting', () => {
  const sitter = {
    sittingId: 7,
    sittingTitle: 'Algo',
    name: 'Ada Byron',
    number: '21',
    group: 'TD1',
    isSignedIn: false,
  }
  const begun = { ...sitter, candidateId: 70, hasBegun: true, isOver: false }

  it('has its subject handed out at the start signal, to who sits it alone', async () => {
    await desk.papers.addSubjects([fileOf('sujet.pdf', 'secret')], ['all'], 7)
    const names = async (): Promise<string[]> => (await machine.state()).subjects.map(({ name }) => name)
    expect(await names()).toEqual([])
    desk.seatAt('127.0.0.1', { ...begun, hasBegun: false })
    expect(await names()).toEqual([])
    desk.seatAt('127.0.0.1', { ...begun, sittingId: 8 })
    expect(await names()).toEqual([])
    desk.seatAt('127.0.0.1', begun)
    expect(await names()).toEqual(['sujet.pdf'])
  })

  it('gives a candidate who was moved their work back, and nobody else’s', async () => {
    desk.seatAt('127.0.0.1', begun)
    await machine.handIn('copie.odt', Buffer.from('first lines'))
    expect(desk.papers.worksOfSitting(7)).toMatchObject([{ candidateId: 70, candidate: 'Ada Byron', seat: 'A1' }])

    const third = new HandingIn(desk.port, '127.0.0.3')
    expect((await third.state()).works).toEqual([])
    desk.seatAt('127.0.0.1', undefined)
    desk.seatAt('127.0.0.3', begun)
    const [work] = (await third.state()).works
    expect(work).toMatchObject({ name: 'copie.odt', version: 1 })
    const again = await third.call('GET', work!.href!)
    expect([again.status, again.raw.toString()]).toEqual([200, 'first lines'])
    expect(await third.handIn('copie.odt', Buffer.from('first lines and more'))).toMatchObject({ version: 2 })

    // Who sits down at the first seat begins with nothing, and cannot ask for what is another one's.
    desk.seatAt('127.0.0.1', { ...begun, candidateId: 71, name: 'Alan' })
    const { works, token } = await machine.state()
    expect(works).toEqual([])
    expect((await machine.call('GET', work!.href!.replace(/token=.*/, `token=${token}`))).status).toBe(404)
    expect(await machine.handIn('copie.odt', Buffer.from('mine'))).toMatchObject({ version: 2 })
    const paths = desk.papers.worksOfSitting(7).map(({ path }) => path)
    expect(new Set(paths).size).toBe(3)
  })

  it('tells an agent whose folder it keeps, what there is for them, and what it sent of them last', async () => {
    const there = (address = '127.0.0.1') => desk.papers.forAgent(desk.papers.seatAt(address)!)
    desk.seatAt('127.0.0.1', { ...begun, hasBegun: false })
    await desk.papers.addSubjects([fileOf('sujet.pdf', '1'), fileOf('Sujet.pdf', '2')], ['all'], 7)
    const before = there()
    expect(before).toMatchObject({ sitter: { id: 70, isOver: false }, subjects: [] })

    // The start signal, and the same again: one tag as long as there is nothing else to fetch.
    desk.seatAt('127.0.0.1', begun)
    const [first, second] = there().subjects
    expect([first?.name, second?.name]).toEqual(['sujet.pdf', `${second?.id} Sujet.pdf`])
    expect(there().tag).not.toBe(before.tag)
    expect(there().tag).toBe(there().tag)

    // Of what was handed in only the folder that an agent sent is a folder again.
    await machine.handIn('copie.odt', Buffer.from('by hand'))
    expect(there().work).toBeUndefined()
    await machine.handIn('travail.tar.gz', Buffer.from('one'))
    await machine.handIn('travail.tar.gz', Buffer.from('two'))
    const { work } = there()
    expect(work?.sha256).toBe(hashOf(Buffer.from('two')))

    // At another seat it is there too; who comes to the first one begins with nothing.
    desk.seatAt('127.0.0.1', { ...begun, candidateId: 71, name: 'Alan' })
    desk.seatAt('127.0.0.3', { ...begun, isOver: true })
    expect(there('127.0.0.3')).toMatchObject({ sitter: { id: 70, isOver: true }, work })
    expect(there().work).toBeUndefined()
    expect(there().tag).not.toBe(there('127.0.0.3').tag)
    expect(there().key).not.toBe(there('127.0.0.3').key)
    desk.seatAt('127.0.0.3', undefined)
    expect(there('127.0.0.3')).not.toHaveProperty('sitter')
  })

  it('takes the last work of who was moved away as theirs, and hands them nothing any more', async () => {
    desk.seatAt('127.0.0.1', begun)
    await machine.state()
    const { value } = await machine.begin('travail.tar.gz', Buffer.from('their last'))
    desk.seatAt('127.0.0.1', { ...begun, candidateId: 71, name: 'Alan' })
    // It was on its way, or begins only now.
    await machine.put(value.id, 0, Buffer.from('their last'))
    await machine.handIn('travail.tar.gz', Buffer.from('their very last'))
    expect(desk.papers.worksOfSitting(7)).toMatchObject([
      { candidateId: 70, candidate: 'Ada Byron', seat: 'A1', name: 'travail.tar.gz', version: 2 },
      { candidateId: 70, candidate: 'Ada Byron', version: 1 },
    ])
    const [work] = desk.papers.worksOfSitting(7)
    expect((await machine.call('GET', `/exam/api/works/${work!.id}/travail.tar.gz`)).status).toBe(401)
    await machine.state()
    expect(await machine.handIn('travail.tar.gz', Buffer.from('of another'))).toMatchObject({ candidate: 'Alan' })
    expect((await machine.call('GET', `/exam/api/works/${work!.id}/travail.tar.gz`)).status).toBe(404)
  })

  it('has a folder awaited while another machine has it, and never replaced by what comes late', async () => {
    const [first, third] = ['127.0.0.1', '127.0.0.3']
    const seat = (address: string) => desk.papers.seatAt(address)!
    const latest = () => desk.papers.forAgent(seat(third)).work?.sha256
    desk.seatAt(first, begun)
    await machine.state()
    desk.papers.noteFolder(seat(first), 70)
    expect(desk.papers.forAgent(seat(first))).toMatchObject({ isAwaited: false, isStale: false })

    desk.seatAt(first, undefined)
    desk.seatAt(third, begun)
    expect(desk.papers.forAgent(seat(third))).toMatchObject({ isAwaited: true, isStale: false })
    await machine.handIn('travail.tar.gz', Buffer.from('written before the move'))
    desk.papers.noteFolder(seat(first), undefined)
    expect(desk.papers.forAgent(seat(third))).toMatchObject({ isAwaited: false, isStale: false })
    expect(latest()).toBe(hashOf(Buffer.from('written before the move')))

    // They go on at the third; what the first one still had is kept beside.
    desk.papers.noteFolder(seat(third), 70)
    await machine.handIn('travail.tar.gz', Buffer.from('late'))
    expect(desk.papers.worksOfSitting(7)[0]).toMatchObject({ name: 'travail-tardif.tar.gz', candidateId: 70 })
    expect(latest()).toBe(hashOf(Buffer.from('written before the move')))
  })

  it('calls a folder stale that a machine kept, hearing nothing, while its candidate worked elsewhere', () => {
    const [first, third] = ['127.0.0.1', '127.0.0.3']
    const seat = (address: string) => desk.papers.seatAt(address)!
    desk.seatAt(first, begun)
    desk.papers.noteFolder(seat(first), 70)
    desk.seatAt(first, undefined)
    desk.seatAt(third, begun)
    desk.papers.noteFolder(seat(third), 70)
    desk.seatAt(third, undefined)
    desk.seatAt(first, begun)
    desk.papers.noteFolder(seat(third), undefined)
    desk.papers.noteFolder(seat(first), 70)
    expect(desk.papers.forAgent(seat(first))).toMatchObject({ isAwaited: false, isStale: true })
    desk.papers.noteFolder(seat(first), undefined)
    expect(desk.papers.forAgent(seat(first))).toMatchObject({ isStale: false })
    desk.papers.noteFolder(seat(first), 70)
    expect(desk.papers.forAgent(seat(first))).toMatchObject({ isStale: false })
  })

  it('asks who is over for the work, and forgets what is to be forgotten', async () => {
    desk.seatAt('127.0.0.1', begun)
    await machine.handIn('copie.odt', Buffer.from('mine'))
    desk.papers.collect(false)
    expect((await machine.state()).round).toMatchObject({ number: 1, isFinal: false })
    desk.seatAt('127.0.0.1', { ...begun, isOver: true })
    expect((await machine.state()).round).toMatchObject({ number: 1, isFinal: true })
    const [work] = desk.papers.worksOfSitting(7)
    await desk.papers.forgetWorks([work!])
    expect(() => inPapers(work!.path)).toThrow('ENOENT')
    expect(desk.papers.worksOfSitting(7)).toMatchObject([{ candidate: '', removedAt: expect.any(Number) as number }])
    expect((await machine.state()).works).toEqual([])
  })

  it('knows the last collection after the console was started again', async () => {
    desk.papers.collect(false)
    desk.papers.collect(true)
    await desk.close()
    desk = await openDesk(folder)
    desk.papers.begin()
    expect(desk.papers.view().round).toMatchObject({ number: 2, isFinal: true })
  })

  it('has a ticket typed only so often', async () => {
    const type = async (ticket: unknown): Promise<number> =>
      (await machine.call('POST', '/exam/api/sign-in', Buffer.from(JSON.stringify({ ticket })))).status
    expect(await type(desk.rightTicket)).toBe(200)
    expect(await type(12)).toBe(400)
    for (let i = 0; i < 6; i++) expect(await type('AAAA-AAAA')).toBe(422)
    expect(await type(desk.rightTicket)).toBe(429)
  })
})
