import type { IncidentKind, IncidentSeverity, Language, Presence } from '../contract/index.ts'

/** What printed papers and reports say; the screen's words are the renderer's. */
export interface PaperWords {
  locale: string
  minutes(count: number): string
  candidates(count: number): string
  page: { doorList: string; signInSheet: string; seatLabels: string; tickets: string; report: string }
  number: string
  name: string
  firstName: string
  group: string
  seat: string
  room: string
  date: string
  duration: string
  module: string
  signature: string
  signOut: string
  extraTime: string
  seated(count: number): string
  noSeat: string
  ticketCode: string
  ticketHint: string
  board: string
  door: string
  desk: string
  noDate: string
  rehearsal: string
  times: string
  plannedAt: string
  startedAt: string
  closedAt: string
  pausedFor: string
  presence: string
  presences: Record<Presence, string>
  /** How many of them: `38 non pointés`. */
  counted(presence: Presence, count: number): string
  signedInAt: string
  endsAt: string
  plan: string
  incidents: string
  noIncident: string
  time: string
  what: string
  severity: string
  comment: string
  severities: Record<IncidentSeverity, string>
  kinds: Record<IncidentKind, string>
  acknowledged: string
  intervention(id: number): string
  subjects: string
  files: string
  noFile: string
  file: string
  version: string
  size: string
  receivedAt: string
  late: string
  removed: string
  sha256: string
  course: string
  who: string
  actions: Record<string, string>
  machines: string
  mac: string
  assetTag: string
  software: string
  system: string
  profile: string
  chain: string
  chainLines: string
  chainIntact: string
  chainBroken: string
  lastHash: string
  chainHint: string
  signatures: [invigilator: string, head: string]
  madeBy(at: string): string
  anonymous: string
  /** Somebody who had given no name. */
  unnamed: string
  bytes(count: number): string
}

const bytesIn =
  (locale: string, units: readonly string[]) =>
  (count: number): string => {
    let value = count
    let unit = 0
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000
      unit += 1
    }
    return `${value.toLocaleString(locale, { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit]}`
  }

const presencesFr: Record<Presence, string> = {
  ...{ expected: 'non pointé', present: 'présent', absent: 'absent', left: 'sorti' },
}
const presencesEn: Record<Presence, string> = {
  ...{ expected: 'not checked', present: 'present', absent: 'absent', left: 'left' },
}

const french: PaperWords = {
  locale: 'fr-FR',
  minutes: (count) => `${count} min`,
  candidates: (count) => (count === 1 ? '1 candidat' : `${count} candidats`),
  page: {
    doorList: 'Liste d’appel',
    signInSheet: 'Feuille d’émargement',
    seatLabels: 'Étiquettes de places',
    tickets: 'Convocations',
    report: 'Procès-verbal',
  },
  number: 'Numéro',
  name: 'Nom',
  firstName: 'Prénom',
  group: 'Groupe',
  seat: 'Place',
  room: 'Salle',
  date: 'Date',
  duration: 'Durée',
  module: 'Module',
  signature: 'Signature à l’arrivée',
  signOut: 'Signature à la sortie',
  extraTime: 'Temps majoré',
  seated: (count) => `${count} candidats, par ordre alphabétique`,
  noSeat: 'sans place',
  ticketCode: 'Code',
  ticketHint: 'À saisir sur la page de l’examen en arrivant, ou à présenter au surveillant.',
  board: 'Tableau',
  door: 'Porte',
  desk: 'Bureau',
  noDate: 'Sans date',
  rehearsal: 'Répétition dans la salle simulée : ce document ne vaut pas procès-verbal.',
  times: 'Horaires',
  plannedAt: 'Début prévu',
  startedAt: 'Départ donné',
  closedAt: 'Épreuve terminée',
  pausedFor: 'Suspensions, en tout',
  presence: 'Présence',
  presences: presencesFr,
  counted: (presence, count) => `${count} ${presencesFr[presence]}${count > 1 ? 's' : ''}`,
  signedInAt: 'Émargé à',
  endsAt: 'Fin',
  plan: 'Plan de la salle',
  incidents: 'Incidents',
  noIncident: 'Aucun incident n’a été relevé.',
  time: 'Heure',
  what: 'Fait',
  severity: 'Gravité',
  comment: 'Suite donnée',
  severities: { info: 'information', attention: 'attention', serious: 'grave' },
  kinds: {
    byHand: 'Noté par le surveillant',
    usbPlugged: 'Clé USB branchée',
    secondNetwork: 'Autre réseau sur le poste',
    kioskRestarted: 'Écran d’examen relancé',
    clockChanged: 'Horloge changée',
    virtualMachine: 'Machine virtuelle',
    inputPlugged: 'Clavier ou souris branché',
    otherConsole: 'Autre console ouverte',
    workNotRestored: 'Travail non repris au nouveau poste',
    accessRefused: 'Accès d’examen refusé',
    machineLost: 'Poste perdu',
    agentSilent: 'Agent d’examen muet',
    otherSystem: 'Démarré sur son disque',
    lineDown: 'Plusieurs postes coupés',
    secondBoot: 'Poste redémarré',
    foreignMachine: 'Machine étrangère',
    addressConflict: 'Adresse prise deux fois',
    otherDhcpServer: 'Autre serveur DHCP',
    wrongSeat: 'Candidat à une autre place',
    wrongTicket: 'Code de convocation inconnu',
  },
  acknowledged: 'vu',
  intervention: (id) => `intervention n° ${id}`,
  subjects: 'Sujets distribués',
  files: 'Travaux ramassés',
  noFile: 'Aucun fichier n’a été rendu.',
  file: 'Fichier',
  version: 'Version',
  size: 'Taille',
  receivedAt: 'Reçu à',
  late: 'hors délai',
  removed: 'effacé',
  sha256: 'Empreinte SHA-256',
  course: 'Déroulement',
  who: 'Par',
  actions: {
    ownRules: 'Règles d’examen propres à l’épreuve',
    profileRules: 'Règles d’examen : de nouveau celles du profil',
    begin: 'Départ donné',
    pause: 'Suspension',
    goOn: 'Reprise',
    close: 'Fin de l’épreuve',
    duration: 'Durée changée',
    extend: 'Temps ajouté',
    lock: 'Poste verrouillé',
    unlock: 'Poste déverrouillé',
    unlockedByCode: 'Poste déverrouillé par son code',
    move: 'Changement de place',
    reboot: 'Redémarrage demandé',
    powerOff: 'Extinction demandée',
    timeUp: 'Temps écoulé',
    anonymise: 'Données personnelles effacées',
    forget: 'Données d’un candidat effacées',
  },
  machines: 'Postes',
  mac: 'Adresse MAC',
  assetTag: 'N° d’inventaire',
  software: 'Logiciels',
  system: 'Système de la console',
  profile: 'Profil démarré par les postes',
  chain: 'Journal',
  chainLines: 'Lignes du journal',
  chainIntact: 'La chaîne est intacte : rien n’a été changé, retiré ni ajouté depuis.',
  chainBroken: 'La chaîne est rompue : le journal a été changé après coup.',
  lastHash: 'Dernière empreinte',
  chainHint:
    'Chaque ligne du journal porte l’empreinte de la précédente. Notée sur ce document signé, la dernière rend visible tout changement ultérieur.',
  signatures: ['Le surveillant', 'Le responsable de l’épreuve'],
  madeBy: (at) => `Établi par Amorce le ${at}`,
  anonymous: 'Les données personnelles ont été effacées.',
  unnamed: 'sans nom donné',
  bytes: bytesIn('fr-FR', ['o', 'ko', 'Mo', 'Go']),
}

const english: PaperWords = {
  locale: 'en-GB',
  minutes: (count) => `${count} min`,
  candidates: (count) => (count === 1 ? '1 candidate' : `${count} candidates`),
  page: {
    doorList: 'Door list',
    signInSheet: 'Attendance sheet',
    seatLabels: 'Seat labels',
    tickets: 'Tickets',
    report: 'Exam report',
  },
  number: 'Number',
  name: 'Name',
  firstName: 'First name',
  group: 'Group',
  seat: 'Seat',
  room: 'Room',
  date: 'Date',
  duration: 'Duration',
  module: 'Module',
  signature: 'Signature on arrival',
  signOut: 'Signature on leaving',
  extraTime: 'Extra time',
  seated: (count) => `${count} candidates, in alphabetical order`,
  noSeat: 'no seat',
  ticketCode: 'Code',
  ticketHint: 'To be typed on the exam page on arrival, or shown to the invigilator.',
  board: 'Board',
  door: 'Door',
  desk: 'Desk',
  noDate: 'No date',
  rehearsal: 'Rehearsal in the simulated room: this document is no report of an exam.',
  times: 'Times',
  plannedAt: 'Planned start',
  startedAt: 'Start signal',
  closedAt: 'Closed',
  pausedFor: 'Paused, in all',
  presence: 'Presence',
  presences: presencesEn,
  counted: (presence, count) => `${count} ${presencesEn[presence]}`,
  signedInAt: 'Signed in at',
  endsAt: 'End',
  plan: 'Room plan',
  incidents: 'Incidents',
  noIncident: 'No incident was recorded.',
  time: 'Time',
  what: 'What happened',
  severity: 'Severity',
  comment: 'Follow-up',
  severities: { info: 'information', attention: 'attention', serious: 'serious' },
  kinds: {
    byHand: 'Noted by the invigilator',
    usbPlugged: 'USB device plugged in',
    secondNetwork: 'Another network on the machine',
    kioskRestarted: 'Exam screen restarted',
    clockChanged: 'Clock changed',
    virtualMachine: 'Virtual machine',
    inputPlugged: 'Keyboard or mouse plugged in',
    otherConsole: 'Another console opened',
    workNotRestored: 'Work not restored at the new seat',
    accessRefused: 'Exam access refused',
    machineLost: 'Machine lost',
    agentSilent: 'Exam agent silent',
    otherSystem: 'Started from its disk',
    lineDown: 'Several machines cut off',
    secondBoot: 'Machine booted again',
    foreignMachine: 'Foreign machine',
    addressConflict: 'Address taken twice',
    otherDhcpServer: 'Other DHCP server',
    wrongSeat: 'Candidate at another seat',
    wrongTicket: 'Unknown ticket code',
  },
  acknowledged: 'seen',
  intervention: (id) => `intervention no. ${id}`,
  subjects: 'Papers handed out',
  files: 'Work collected',
  noFile: 'No file was handed in.',
  file: 'File',
  version: 'Version',
  size: 'Size',
  receivedAt: 'Received at',
  late: 'late',
  removed: 'deleted',
  sha256: 'SHA-256',
  course: 'Course of the exam',
  who: 'By',
  actions: {
    ownRules: 'Exam rules of its own',
    profileRules: 'Exam rules: those of the profile again',
    begin: 'Start signal',
    pause: 'Paused',
    goOn: 'Resumed',
    close: 'Closed',
    duration: 'Duration changed',
    extend: 'Time added',
    lock: 'Machine locked',
    unlock: 'Machine unlocked',
    unlockedByCode: 'Machine unlocked with its code',
    move: 'Change of seat',
    reboot: 'Reboot asked for',
    powerOff: 'Switching off asked for',
    timeUp: 'Time up',
    anonymise: 'Personal data deleted',
    forget: 'One candidate’s data deleted',
  },
  machines: 'Machines',
  mac: 'MAC address',
  assetTag: 'Asset tag',
  software: 'Software',
  system: 'The console’s system',
  profile: 'Profile that the machines booted',
  chain: 'Journal',
  chainLines: 'Lines of the journal',
  chainIntact: 'The chain is intact: nothing was changed, taken out or put in since.',
  chainBroken: 'The chain is broken: the journal was changed afterwards.',
  lastHash: 'Last hash',
  chainHint:
    'Each line of the journal covers the one before it. Written on this signed document, the last hash makes any later change visible.',
  signatures: ['The invigilator', 'The head of the exam'],
  madeBy: (at) => `Made by Amorce on ${at}`,
  anonymous: 'Personal data have been deleted.',
  unnamed: 'no name given',
  bytes: bytesIn('en-GB', ['B', 'kB', 'MB', 'GB']),
}

export const paperWords = (language: Language): PaperWords => (language === 'fr' ? french : english)

export const dateTimeOf = (at: number, { locale }: PaperWords): string =>
  new Date(at).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' })
export const timeOf = (at: number, { locale }: PaperWords): string =>
  new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
