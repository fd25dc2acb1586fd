import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { overlayFolder } from './testing.ts'

// The agent's own script of the candidates' files, in a folder of the test's, with a server and a system that are written
// down here.

const scripts = join(overlayFolder, 'root/usr/lib/amorce')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-agent-'))
  for (const name of ['run', 'tmp', 'home/Travail', 'home/Sujets', 'server'])
    mkdirSync(join(folder, name), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...path: string[]): string => join(folder, ...path)
const read = (...path: string[]): string => readFileSync(at(...path), 'utf8')
const write = (text: string, ...path: string[]): void => writeFileSync(at(...path), text)

/** Everything that the script asks of the machine and of the server; what is sent is kept with the key that it came with. */
const around = `
run=$FOLDER/run everybodys=$FOLDER/tmp home=$FOLDER/home subjects=$FOLDER/home/Sujets number=1 candidate=x autosave_minutes=1 over= refused=22
say() { :; }
incident() { name=clobbered; echo "$*" >> "$FOLDER/incidents"; }
uptime_seconds() { echo 100; }
systemctl() { :; }
id() { command id -u; }
install() { mkdir -p "$home/Travail"; }
setpriv() {
	echo "$*" >> "$FOLDER/as-candidate"
	while [ "$1" != tar ] && [ "$1" != sh ]; do shift; done
	"$@"
}
http_work() {
	[ ! -e "$FOLDER/server/offline" ] || return 1
	case "$1 $2" in
	'GET /exam/api/works/'*) cp "$FOLDER/server/work" "$4" ;;
	'GET /exam/api/subjects/'*) cp "$FOLDER/server/subject" "$4" ;;
	POST*)
		echo '{"id":"u","offset":0}' > "$4"
		mkdir -p "$FOLDER/server/sent"
		;;
	PUT*)
		count=$(ls "$FOLDER/server/sent" | wc -l)
		cp "$3" "$FOLDER/server/sent/$((count + 1)) $(cat "$run/key")"
		echo '{"receipt":1}' > "$4"
		;;
	esac
}
http() { case $2 in /api/agent/papers) cp "$FOLDER/server/papers" "$4" ;; *) http_work "$@" ;; esac; }
. "$SCRIPTS/papers"
told_folder=$(cat "$run/folder" 2> /dev/null)
`
function agent(does: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${around}\n${does}`], {
    encoding: 'utf8',
    env: { ...process.env, FOLDER: folder, SCRIPTS: scripts },
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** What the server says of who sits there. */
function seats(sitter: string, more: string[] = []): void {
  write(
    [...(sitter ? [`sitter ${sitter}`] : []), `key key-of-${sitter || 'nobody'}`, ...more, ''].join('\n'),
    'server',
    'papers',
  )
}
/** What the server has of them last. */
function holds(text: string): string {
  mkdirSync(at('made/Travail'), { recursive: true })
  write(text, 'made', 'Travail', 'rendu.py')
  spawnSync('tar', ['-czf', at('server', 'work'), '-C', at('made'), 'Travail'])
  return `work 9 ${createHash('sha256')
    .update(readFileSync(at('server', 'work')))
    .digest('hex')}`
}
const inTravail = (): string[] => readdirSync(at('home', 'Travail'))
const sent = (): string[] => (existsSync(at('server', 'sent')) ? readdirSync(at('server', 'sent')).sort() : [])
const sentText = (name: string): string =>
  spawnSync('tar', ['-xzOf', at('server', 'sent', name), 'Travail/rendu.py'], { encoding: 'utf8' }).stdout

describe('a candidate’s folder', () => {
  it('comes with what the server has of them, and is asked for again by who comes next', () => {
    const subject = 'question'
    write(subject, 'server', 'subject')
    const sum = createHash('sha256').update(subject).digest('hex')
    seats('70', [holds('first'), `subject 3 8 ${sum} Sujet n° 1.pdf`])
    agent('job papers take_papers a; wait')
    expect(read('home', 'Travail', 'rendu.py')).toBe('first')
    expect(read('home', 'Sujets', 'Sujet n° 1.pdf')).toBe(subject)
    // The job is over, whatever names were used in it: another can begin.
    expect(readdirSync(at('run')).filter((name) => name.startsWith('job-'))).toEqual([])
    seats('71')
    agent('job papers take_papers b; wait')
    expect(read('run', 'folder').trim()).toBe('71')
    expect(inTravail()).toEqual([])
  })

  it('goes with the last that was written in it, under the key of who wrote it', () => {
    seats('70')
    agent('take_papers a')
    write('newest', 'home', 'Travail', 'rendu.py')
    seats('71')
    agent('take_papers b')
    expect(sent()).toEqual(['1 key-of-70'])
    expect(sentText('1 key-of-70')).toBe('newest')
    expect(read('run', 'key').trim()).toBe('key-of-71')
    // What was sent is not sent again by who comes next, who has nothing.
    agent('take_papers b; send_work || :')
    expect(sent()).toHaveLength(1)
  })

  it('is what the server has, when that is newer than what was left here', () => {
    seats('70')
    agent('take_papers a')
    write('older', 'home', 'Travail', 'rendu.py')
    seats('')
    agent('take_papers b')
    expect(inTravail()).toEqual([])
    seats('70', [holds('newer, written elsewhere')])
    agent('take_papers c')
    expect(read('home', 'Travail', 'rendu.py')).toBe('newer, written elsewhere')
    expect(sent()).toHaveLength(1)
  })

  it('is what was left here, when nothing came from elsewhere since', () => {
    seats('70')
    agent('take_papers a')
    write('one', 'home', 'Travail', 'rendu.py')
    agent('send_work')
    const sum = read('run', 'sent-digest').trim()
    write('two', 'home', 'Travail', 'rendu.py')
    // Its cable is out: what was written last cannot be sent.
    write('', 'server', 'offline')
    seats('')
    agent('take_papers b')
    rmSync(at('server', 'offline'))
    seats('70', [`work 9 ${sum}`])
    agent('take_papers c')
    expect(read('home', 'Travail', 'rendu.py')).toBe('two')
  })

  it('is waited for while another machine has it, and never shown half', () => {
    seats('70', ['awaited', holds('old')])
    agent('! take_papers a')
    expect([existsSync(at('run', 'folder')), inTravail()]).toEqual([false, []])
    seats('70', [holds('new')])
    agent('take_papers a')
    expect(read('home', 'Travail', 'rendu.py')).toBe('new')
  })

  it('is left, and taken anew, when they worked elsewhere while this machine heard nothing', () => {
    seats('70', [holds('one')])
    agent('take_papers a')
    seats('70', ['stale', holds('two, elsewhere')])
    agent('! take_papers a')
    expect(inTravail()).toEqual([])
    // The server heard with the next beat that it was left.
    seats('70', [holds('two, elsewhere')])
    agent('take_papers a')
    expect(read('home', 'Travail', 'rendu.py')).toBe('two, elsewhere')
  })

  it('is not sent twice, but where it is asked for, which the server is to see answered', () => {
    seats('70')
    agent('take_papers a')
    write('mine', 'home', 'Travail', 'rendu.py')
    agent('send_work; send_work')
    expect(sent()).toHaveLength(1)
    write('', 'run', 'asked')
    agent('send_work; send_work')
    expect(sent()).toHaveLength(2)
    expect(existsSync(at('run', 'asked'))).toBe(false)
  })

  it('leaves nothing behind where everybody may write', () => {
    seats('70')
    agent('take_papers a')
    mkdirSync(at('tmp', 'notes'))
    write('copied from the paper', 'tmp', 'notes', 'for-who-comes-next')
    seats('71')
    agent('take_papers b')
    expect(readdirSync(at('tmp'))).toEqual([])
  })

  it('that cannot be unpacked is written as the candidate, wherever its own links lead', () => {
    // Half an archive that makes a link of the folder.
    mkdirSync(at('made'))
    mkdirSync(at('system'))
    symlinkSync(at('system'), at('made', 'Travail'))
    spawnSync('tar', ['-cf', at('made', 'link.tar'), '-C', at('made'), 'Travail'])
    const half = Buffer.concat([readFileSync(at('made', 'link.tar')).subarray(0, 512), Buffer.alloc(512, 'x')])
    writeFileSync(at('server', 'work'), gzipSync(half))
    const sum = createHash('sha256')
      .update(readFileSync(at('server', 'work')))
      .digest('hex')
    seats('70', [`work 9 ${sum}`])
    agent('take_papers a 2> /dev/null')
    expect(read('incidents').trim()).toBe('workNotRestored travail.tar.gz')
    const asCandidate = '--reuid examen --regid examen --clear-groups --no-new-privs'
    expect(read('as-candidate').split('\n').filter(Boolean)).toEqual([
      expect.stringContaining(`${asCandidate} tar -xzf`),
      expect.stringMatching(new RegExp(`^${asCandidate} sh -c .*travail\\.tar\\.gz`)),
    ])
  })

  it('is not sent before the server knows whose it is', () => {
    seats('70')
    agent('take_papers a')
    write('mine', 'home', 'Travail', 'rendu.py')
    expect(agent('told_folder=; save_work || echo later; wait').trim()).toBe('later')
    expect(sent()).toEqual([])
    agent('save_work; wait')
    expect(sent()).toEqual(['1 key-of-70'])
  })
})
