// The page of an exam machine: subjects to fetch, work to hand in, receipts. It runs in any browser of the last ten years
// and loads nothing from elsewhere.
'use strict'

const texts = {
  fr: {
    title: 'Fichiers d’examen',
    other: 'English',
    seat: 'Poste {seat}',
    subjects: 'Sujets',
    view: 'Voir',
    close: 'Fermer',
    noSubject: 'Aucun sujet pour ce poste en ce moment.',
    identity: 'Émargement',
    sitter: '{name}, n° {number} — {sitting}',
    signedIn: 'Présence enregistrée.',
    notBegun: 'Le départ n’est pas encore donné.',
    ticket: 'Code de votre convocation',
    signIn: 'Valider',
    ticketUnknown: 'Ce code n’est celui d’aucun candidat. Vérifiez-le.',
    ticketOtherSeat: 'Votre place est {seat}. Allez-y, ou appelez un surveillant.',
    ticketNoSeat: 'Cette place est celle de quelqu’un d’autre. Appelez un surveillant.',
    ticketTooMany: 'Trop d’essais : attendez une minute ou appelez un surveillant.',
    work: 'Rendre mon travail',
    workText: 'Vous pouvez envoyer un fichier autant de fois que vous voulez : chaque version est gardée.',
    candidate: 'Nom et prénom, ou numéro de candidat (facultatif)',
    files: 'Fichiers à rendre',
    choose: 'Choisir…',
    chosenNone: 'Aucun fichier choisi',
    chosenMany: '{count} fichiers : {names}',
    send: 'Envoyer',
    receipts: 'Reçus',
    noReceipt: 'Rien n’a encore été rendu.',
    file: 'Fichier',
    version: 'Version',
    size: 'Taille',
    time: 'Reçu à',
    hash: 'Empreinte SHA-256',
    checking: 'Calcul de l’empreinte…',
    sending: 'Envoi : {percent} %',
    waiting: 'Liaison coupée : l’envoi reprendra tout seul. Ne fermez pas cette page.',
    done: 'Reçu, version {version}.',
    changed: 'Le fichier a changé pendant l’envoi. Enregistrez-le, puis choisissez-le de nouveau.',
    tooLarge: 'Ce fichier est trop grand. Appelez un surveillant.',
    tooMany: 'Ce poste a déjà rendu trop de fichiers. Appelez un surveillant.',
    diskFull: 'Le serveur n’a plus de place. Gardez votre fichier et appelez un surveillant.',
    refused: 'Le serveur a refusé ce fichier. Appelez un surveillant.',
    unknown: 'Ce poste n’est pas connu de l’examen. Appelez un surveillant.',
    lost: 'Le serveur ne répond pas. Cette page réessaie toute seule.',
    collect: 'L’épreuve continue. Mettez votre travail à l’abri : enregistrez, choisissez vos fichiers, envoyez.',
    final: 'Fin de l’épreuve : enregistrez, choisissez vos fichiers et envoyez-les maintenant.',
    bytes: ['o', 'ko', 'Mo', 'Go'],
  },
  en: {
    title: 'Exam files',
    other: 'Français',
    seat: 'Seat {seat}',
    subjects: 'Papers',
    view: 'View',
    close: 'Close',
    noSubject: 'No paper for this seat right now.',
    identity: 'Signing in',
    sitter: '{name}, no. {number} — {sitting}',
    signedIn: 'You are signed in.',
    notBegun: 'The start signal has not been given yet.',
    ticket: 'Code on your ticket',
    signIn: 'Sign in',
    ticketUnknown: 'No candidate has this code. Check it.',
    ticketOtherSeat: 'Your seat is {seat}. Go there, or call an invigilator.',
    ticketNoSeat: 'This seat is somebody else’s. Call an invigilator.',
    ticketTooMany: 'Too many tries: wait a minute or call an invigilator.',
    work: 'Hand in my work',
    workText: 'You may send a file as often as you like: every version is kept.',
    candidate: 'Name, or candidate number (optional)',
    files: 'Files to hand in',
    choose: 'Choose…',
    chosenNone: 'No file chosen',
    chosenMany: '{count} files: {names}',
    send: 'Send',
    receipts: 'Receipts',
    noReceipt: 'Nothing has been handed in yet.',
    file: 'File',
    version: 'Version',
    size: 'Size',
    time: 'Received at',
    hash: 'SHA-256',
    checking: 'Computing the hash…',
    sending: 'Sending: {percent}%',
    waiting: 'The link is down: sending will go on by itself. Do not close this page.',
    done: 'Received, version {version}.',
    changed: 'The file changed while it was sent. Save it, then choose it again.',
    tooLarge: 'This file is too large. Call an invigilator.',
    tooMany: 'This seat has handed in too many files. Call an invigilator.',
    diskFull: 'The server has no room left. Keep your file and call an invigilator.',
    refused: 'The server refused this file. Call an invigilator.',
    unknown: 'This machine is not known to the exam. Call an invigilator.',
    lost: 'The server does not answer. This page tries again by itself.',
    collect: 'The exam goes on. Keep your work safe: save, choose your files, send.',
    final: 'End of the exam: save, choose your files and send them now.',
    bytes: ['B', 'kB', 'MB', 'GB'],
  },
}

let language
try {
  language = localStorage.getItem('language')
} catch {
  // A browser that keeps nothing.
}
if (!texts[language]) language = null
let state
let seenRound = 0
const pollMs = 5000
const retryMs = 2000

const byId = (id) => document.getElementById(id)
const say = (key, values = {}) => texts[language || 'fr'][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]))

function element(name, text, className) {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  return made
}

function sizeText(bytes) {
  const units = texts[language || 'fr'].bytes
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const shown = value.toLocaleString(language || 'fr', { maximumFractionDigits: unit === 0 ? 0 : 1 })
  return `${shown} ${units[unit]}`
}

// ---- What is shown

/** What each file that is sent says of itself, in the language of the moment. */
const uploads = []

function show() {
  document.documentElement.lang = language || 'fr'
  document.title = say('title')
  for (const each of document.querySelectorAll('[data-text]')) each.textContent = say(each.dataset.text)
  byId('language').textContent = say('other')
  byId('language').lang = language === 'en' ? 'fr' : 'en'
  for (const saySo of uploads) saySo()
  showChosen()
  if (!state) return
  byId('seat').textContent = say('seat', { seat: state.seat })
  showLists()
  const { sitter } = state
  byId('identity').hidden = !sitter && !state.hasSittings
  byId('sitter').textContent = sitter
    ? [say('sitter', sitter), sitter.isSignedIn && say('signedIn'), !sitter.hasBegun && say('notBegun')]
        .filter(Boolean)
        .join(' ')
    : ''
  byId('sign-in').hidden = Boolean(sitter && sitter.isSignedIn)
  // Whose work it is, is known: nobody has to write it.
  byId('candidate').hidden = Boolean(sitter)
  document.querySelector('label[for="candidate"]').hidden = Boolean(sitter)
}

/** There may be no other program to read a paper with. */
function view(name, href) {
  const frame = element('iframe')
  frame.src = href
  frame.title = name
  byId('viewer-name').textContent = name
  byId('viewer-frame').replaceChildren(frame)
  byId('viewer').showModal()
}

/** What the lists show; made anew with every answer they would lose what the keyboard is at. */
let listed = ''

function showLists() {
  const lists = JSON.stringify([language, state.subjects, state.works])
  if (lists === listed) return
  listed = lists
  const subjects = byId('subjects')
  subjects.replaceChildren()
  for (const { name, size, href, viewHref } of state.subjects) {
    const item = element('li')
    const link = element('a', name)
    link.href = href
    link.setAttribute('download', name)
    item.append(link, ` (${sizeText(size)})`)
    if (viewHref && byId('viewer').showModal) {
      const button = element('button', say('view'))
      button.type = 'button'
      button.setAttribute('aria-label', `${say('view')} ${name}`)
      button.addEventListener('click', () => view(name, viewHref))
      item.append(button)
    }
    subjects.append(item)
  }
  byId('no-subject').hidden = state.subjects.length > 0
  const rows = byId('receipts').tBodies[0]
  rows.replaceChildren()
  for (const { name, version, size, receivedAt, sha256, href } of state.works) {
    const row = element('tr')
    const again = element('a', name)
    again.href = href
    again.setAttribute('download', name)
    const file = element('td')
    file.append(again)
    const hash = element('td')
    hash.append(element('code', sha256))
    row.append(
      file,
      element('td', String(version)),
      element('td', sizeText(size)),
      element('td', new Date(receivedAt).toLocaleString(language === 'en' ? 'en-GB' : 'fr')),
      hash,
    )
    rows.append(row)
  }
  byId('receipts').hidden = state.works.length === 0
  byId('no-receipt').hidden = state.works.length > 0
}

let isSending = false

function showChosen() {
  const names = Array.from(byId('files').files, ({ name }) => name)
  const [only] = names
  byId('chosen').textContent =
    names.length > 1 ? say('chosenMany', { count: names.length, names: names.join(', ') }) : only || say('chosenNone')
  byId('send').disabled = isSending || names.length === 0
}

function notice(key) {
  const shown = byId('notice')
  shown.hidden = !key
  const text = key ? say(key) : ''
  // What is said again every few seconds is read aloud once.
  if (shown.textContent !== text) shown.textContent = text
}

let refreshing = false
async function refresh() {
  if (refreshing) return
  refreshing = true
  const answer = await ask('GET', '/exam/api/state')
  refreshing = false
  if (!answer || !answer.value || (answer.status !== 200 && answer.status !== 403)) {
    notice('lost')
    return
  }
  if (answer.status === 403) {
    notice('unknown')
    return
  }
  state = answer.value
  language = language || state.language
  show()
  const { number, isFinal } = state.round
  const answered = state.works.some((work) => work.round >= number)
  notice(number > 0 && !answered ? (isFinal ? 'final' : 'collect') : undefined)
  if (number > seenRound) seenRound = number
}

// ---- SHA-256 (FIPS 180-4): browsers keep their own from pages that come without encryption

const roundConstants = new Uint32Array(64)
const initialHash = new Uint32Array(8)
;(() => {
  // The first 32 bits of the fractional parts of the square and cube roots of the first primes.
  const fraction = (value) => ((value - Math.floor(value)) * 0x100000000) >>> 0
  let found = 0
  for (let candidate = 2; found < 64; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false
    if (!isPrime) continue
    if (found < 8) initialHash[found] = fraction(Math.sqrt(candidate))
    roundConstants[found++] = fraction(Math.cbrt(candidate))
  }
})()

class Sha256 {
  constructor() {
    this.hash = initialHash.slice()
    this.words = new Uint32Array(64)
    this.rest = new Uint8Array(0)
    this.length = 0
  }

  add(bytes) {
    this.length += bytes.length
    let data = bytes
    if (this.rest.length > 0) {
      data = new Uint8Array(this.rest.length + bytes.length)
      data.set(this.rest)
      data.set(bytes, this.rest.length)
    }
    let at = 0
    for (; at + 64 <= data.length; at += 64) this.block(data, at)
    this.rest = data.slice(at)
  }

  block(data, at) {
    const { words, hash } = this
    for (let i = 0; i < 16; i++) {
      const from = at + i * 4
      words[i] = (data[from] << 24) | (data[from + 1] << 16) | (data[from + 2] << 8) | data[from + 3]
    }
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15]
      const b = words[i - 2]
      const small = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)
      const large = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10)
      words[i] = words[i - 16] + small + words[i - 7] + large
    }
    let [a, b, c, d, e, f, g, h] = hash
    for (let i = 0; i < 64; i++) {
      const sum = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const first = (h + sum + ((e & f) ^ (~e & g)) + roundConstants[i] + words[i]) | 0
      const other = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const second = (other + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    hash[0] += a
    hash[1] += b
    hash[2] += c
    hash[3] += d
    hash[4] += e
    hash[5] += f
    hash[6] += g
    hash[7] += h
  }

  hex() {
    const bits = this.length * 8
    const tail = new Uint8Array(this.rest.length < 56 ? 64 : 128)
    tail.set(this.rest)
    tail[this.rest.length] = 0x80
    const view = new DataView(tail.buffer)
    view.setUint32(tail.length - 8, Math.floor(bits / 0x100000000))
    view.setUint32(tail.length - 4, bits >>> 0)
    for (let at = 0; at < tail.length; at += 64) this.block(tail, at)
    return Array.from(this.hash, (word) => word.toString(16).padStart(8, '0')).join('')
  }
}

const readSlice = async (file, from, to) => new Uint8Array(await new Response(file.slice(from, to)).arrayBuffer())

async function hashOf(file) {
  const hash = new Sha256()
  const step = 1024 * 1024
  for (let at = 0; at < file.size; at += step) hash.add(await readSlice(file, at, at + step))
  return hash.hex()
}

// ---- Handing in

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

class Refused extends Error {
  constructor(key) {
    super(key)
    this.key = key
  }
}

const refusals = {
  'upload.tooLarge': 'tooLarge',
  'upload.tooMany': 'tooMany',
  'upload.diskFull': 'diskFull',
  hashMismatch: 'changed',
}

// A pulled cable is not told to a browser: it would wait for minutes on a connection that is dead.
const stillMs = 10000
const answerMs = 30000

/** Undefined when the link is down: nothing was said, or nothing moved for a while. */
function ask(method, path, { body, type, onMoved } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    let timer
    const waitFor = (ms) => {
      clearTimeout(timer)
      timer = setTimeout(() => request.abort(), ms)
    }
    request.open(method, path)
    if (type) request.setRequestHeader('Content-Type', type)
    if (state) request.setRequestHeader('X-Exam-Token', state.token)
    if (body !== undefined) {
      request.upload.onprogress = (event) => {
        waitFor(stillMs)
        if (onMoved) onMoved(event.loaded)
      }
      // Now the server writes to its disk and checks the hash.
      request.upload.onload = () => waitFor(answerMs)
    }
    request.onloadend = () => {
      clearTimeout(timer)
      if (request.status === 0) return resolve(undefined)
      let value
      try {
        value = JSON.parse(request.responseText)
      } catch {
        value = undefined
      }
      resolve({ status: request.status, value })
    }
    waitFor(stillMs)
    request.send(body)
  })
}

/** Undefined when the link is down or the machine has booted since: it is worth another try. */
async function call(method, path, options) {
  const answer = await ask(method, path, options)
  if (!answer || !answer.value) return undefined
  const { value } = answer
  if (answer.status === 200 || answer.status === 409) return value
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    await refresh()
    return undefined
  }
  if (answer.status >= 500 && answer.status !== 507) return undefined
  throw new Refused(refusals[value.code] || 'refused')
}

async function handIn(file, candidate, tell) {
  tell('checking')
  let sha256
  try {
    sha256 = await hashOf(file)
  } catch {
    throw new Refused('changed')
  }
  const wish = JSON.stringify({ name: file.name, size: file.size, sha256, candidate })
  const begin = () => call('POST', '/exam/api/uploads', { type: 'application/json', body: wish })
  const sending = (bytes) => {
    const share = file.size === 0 ? 1 : bytes / file.size
    tell('sending', { percent: Math.floor(share * 100) }, share)
  }
  let at = await begin()
  for (;;) {
    if (!at) {
      tell('waiting')
      await pause(retryMs)
      at = await begin()
      continue
    }
    if (at.receipt) return at.receipt
    sending(at.offset)
    let part
    try {
      part = await readSlice(file, at.offset, at.offset + state.limits.partBytes)
    } catch {
      throw new Refused('changed')
    }
    const { id, offset } = at
    const next = await call('PUT', `/exam/api/uploads/${id}?offset=${offset}`, {
      type: 'application/octet-stream',
      body: part,
      onMoved: (bytes) => sending(offset + Math.min(bytes, part.length)),
    })
    if (next && next.code === 'offset') at = { id: at.id, offset: next.offset }
    else if (next && next.code === 'busy') at = undefined
    else at = next
  }
}

async function send(file, candidate) {
  const item = element('li')
  const status = element('p')
  const bar = element('progress')
  bar.max = 1
  bar.setAttribute('aria-label', file.name)
  item.append(element('strong', file.name), status, bar)
  byId('uploads').prepend(item)
  let said = ['checking']
  const saySo = () => {
    const text = say(...said)
    // What is said again is read aloud once.
    if (status.textContent !== text) status.textContent = text
  }
  uploads.push(saySo)
  const tell = (key, values, share) => {
    said = [key, values]
    saySo()
    if (share !== undefined) bar.value = share
  }
  try {
    const receipt = await handIn(file, candidate, tell)
    tell('done', receipt, 1)
    status.className = 'good'
  } catch (error) {
    tell(error instanceof Refused ? error.key : 'refused')
    status.className = 'bad'
    bar.remove()
  }
  await refresh()
}

byId('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  if (!state) return
  const files = Array.from(byId('files').files)
  const candidate = byId('candidate').value.trim()
  isSending = true
  showChosen()
  for (const file of files) await send(file, candidate)
  isSending = false
  byId('files').value = ''
  showChosen()
})

byId('files').addEventListener('change', showChosen)
byId('viewer-close').addEventListener('click', () => byId('viewer').close())
byId('viewer').addEventListener('close', () => byId('viewer-frame').replaceChildren())

byId('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  if (!state) return
  const status = byId('sign-in-status')
  let answer
  let value
  try {
    answer = await fetch('/exam/api/sign-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Exam-Token': state.token },
      body: JSON.stringify({ ticket: byId('ticket').value }),
    })
    value = await answer.json()
  } catch {
    status.textContent = say('lost')
    return
  }
  if (answer.ok) {
    status.textContent = ''
    byId('ticket').value = ''
  } else if (value.code === 'ticket.otherSeat')
    status.textContent = value.seat ? say('ticketOtherSeat', value) : say('ticketNoSeat')
  else status.textContent = say(value.code === 'ticket.tooMany' ? 'ticketTooMany' : 'ticketUnknown')
  await refresh()
})

byId('language').addEventListener('click', () => {
  language = language === 'en' ? 'fr' : 'en'
  try {
    localStorage.setItem('language', language)
  } catch {
    // It is chosen again next time.
  }
  show()
  void refresh()
})

show()
void refresh()
setInterval(() => void refresh(), pollMs)
