import { incidentSentence } from '../report/index.ts'
import type { AlarmKind, IncidentView, Language, StockAlarm, TroubleCode } from '../contract/index.ts'
import type { Desktop } from '../house/index.ts'

/** What is said outside the window: in native dialogues and on the terminal. The screen's words are the renderer's. */
export interface Words {
  chooseFiles: Record<Parameters<Desktop['chooseFiles']>[0], string>
  saveFile: string
  chooseTable: string
  tables: string
  quitTitle: string
  quitDetail: string
  quitLocked: string
  keepRunning: string
  minimise: string
  quit: string
  trayIdle: string
  trayRunning(address: string): string
  trayShow: string
  trayQuit: string
  cannotStart: string
  demoStarted(machines: number, address: string): string
  serviceRunning(service: string, endpoint: string): string
  serviceFailed(service: string, code: string): string
  ready(machine: string, seconds: number): string
  bootsAgain(machine: string): string
  stuck(machine: string, why: string): string
  trouble: Record<TroubleCode, string>
  summary(ready: number, total: number, stuck: number, seconds: number): string
  screenshotSaved(path: string): string
  notReady(missing: string): string
  incident(incident: IncidentView): string
  stockAlarms(count: number): string
  /** The first few of them, a line each. */
  stockAlarmNames(alarms: readonly StockAlarm[]): string
}

const shownAlarms = 4

const namesOf = (alarms: readonly StockAlarm[], words: Record<AlarmKind, string>): string =>
  alarms
    .slice(0, shownAlarms)
    .map(({ kind, details }) => `${details['name']}: ${words[kind]}`)
    .join('\n')

const french: Words = {
  chooseFiles: {
    bootFiles: 'Ajouter des fichiers d’amorçage',
    upload: 'Choisir le fichier à envoyer',
    papers: 'Choisir les sujets',
    dhcpConfig: 'Choisir un fichier dhcpd.conf',
    documents: 'Ajouter des photos et des documents',
    backup: 'Choisir un fichier de sauvegarde',
    media: 'Choisir une image ISO ou un fichier .wim',
    mediaFolder: 'Choisir le dossier d’un système',
    update: 'Choisir un fichier de la nouvelle version',
    updateFolder: 'Choisir le dossier de la nouvelle version, ou la clé',
  },
  saveFile: 'Enregistrer le fichier',
  chooseTable: 'Importer un fichier',
  tables: 'Tableaux et inventaires',
  quitTitle: 'Un examen est en cours',
  quitDetail:
    'Si Amorce se ferme, plus aucun poste ne peut démarrer ni se signaler. L’examen pourra être repris à la prochaine ouverture, avec les mêmes postes et les mêmes baux.',
  quitLocked:
    'Fermer Amorce arrêterait l’examen, ce que le code du technicien protège. Déverrouillez d’abord la console par le cadenas, en bas à gauche.',
  keepRunning: 'Continuer l’examen',
  minimise: 'Réduire la fenêtre',
  quit: 'Fermer quand même',
  trayIdle: 'Aucun examen en cours',
  trayRunning: (address) => `Examen en cours sur ${address}`,
  trayShow: 'Afficher la console',
  trayQuit: 'Quitter',
  cannotStart: 'Amorce ne peut pas démarrer',
  demoStarted: (machines, address) => `Salle simulée : ${machines} postes sur ${address}, avec de vrais paquets.`,
  serviceRunning: (service, endpoint) => `${service} écoute sur ${endpoint}`,
  serviceFailed: (service, code) => `${service} n’a pas démarré (${code})`,
  ready: (machine, seconds) => `${machine} est prêt après ${seconds} s`,
  bootsAgain: (machine) => `${machine} redémarre`,
  stuck: (machine, why) => `${machine} est arrêté : ${why}`,
  trouble: {
    otherServer: 'un autre serveur DHCP lui a répondu',
    offerIgnored: 'il ignore l’adresse proposée',
    noLoaderRequest: 'il a une adresse mais ne demande pas son fichier d’amorçage',
    fileMissing: 'il demande un fichier qui manque',
    firewall: 'ses paquets arrivent, un pare-feu les retient',
    secureBoot: 'Secure Boot refuse sans doute son chargeur',
    loaderHang: 'le chargeur est arrivé entier, puis plus rien',
    wrongArchitecture: 'le chargeur n’est pas de son architecture',
    proxyUnanswered: 'il attend une réponse sur le port 4011',
    spanningTree: 'le commutateur l’a laissé parler tard',
    blockTooLarge: 'les blocs sont trop grands pour le chemin',
    lossyLink: 'des paquets se perdent en route',
    leaseRefused: 'il refuse ou se voit refuser ses adresses',
    sharedNic: 'plusieurs machines ont la même carte réseau',
    loaderLoop: 'il charge le même chargeur en boucle',
    transferStalled: 'un transfert n’avance plus',
    poolEmpty: 'plus aucune adresse libre',
    scriptSilent: 'il a son script mais ne demande pas le noyau',
    systemLost: 'le système est parti et ne donne pas de nouvelles',
    heartbeatLost: 'il ne donne plus de nouvelles',
    ownDisk: 'il a démarré un autre système sur son disque',
    laptopUnplugged: 'ce portable n’a plus de lien réseau',
    agentSilent: 'son système répond, son agent ne parle plus',
    switchSilent: 'il s’est tu avec d’autres, sans doute sur le même commutateur',
    machineGone: 'il ne répond plus du tout',
    wasAsleep: 'il était en veille',
    bootAgain: 'il a redémarré pendant l’examen',
  },
  summary: (ready, total, stuck, seconds) => `${ready} postes prêts sur ${total}, ${stuck} arrêtés, en ${seconds} s.`,
  screenshotSaved: (path) => `Image de la fenêtre : ${path}`,
  stockAlarms: (count) => (count === 1 ? 'Stock : une alerte' : `Stock : ${count} alertes`),
  stockAlarmNames: (alarms) =>
    namesOf(alarms, {
      outOfStock: 'épuisé',
      lowStock: 'à commander',
      expired: 'périmé',
      expiresSoon: 'périme bientôt',
      overdueLoan: 'prêt en retard',
      warrantyEnds: 'la garantie finit',
      urgentIntervention: 'à faire tout de suite',
      memoryMissing: 'mémoire manquante',
    }),
  notReady: (missing) => `La salle n’est pas prête à temps : ${missing}`,
  incident: (incident) => ['Examen', incident.seatLabel, incidentSentence(incident, 'fr')].filter(Boolean).join(' · '),
}

const english: Words = {
  chooseFiles: {
    bootFiles: 'Add boot files',
    upload: 'Choose the file to send',
    papers: 'Choose the exam papers',
    dhcpConfig: 'Choose a dhcpd.conf file',
    documents: 'Add photos and documents',
    backup: 'Choose a backup file',
    media: 'Choose an ISO image or a .wim file',
    mediaFolder: 'Choose a system’s folder',
    update: 'Choose a file of the new version',
    updateFolder: 'Choose the folder of the new version, or the stick',
  },
  saveFile: 'Save the file',
  chooseTable: 'Import a file',
  tables: 'Tables and inventories',
  quitTitle: 'An exam is running',
  quitDetail:
    'If Amorce closes, no machine can boot or report any more. The exam can be resumed the next time Amorce opens, with the same machines and leases.',
  quitLocked:
    'Closing Amorce would stop the exam, which the technician’s PIN keeps. Unlock the console first, by the padlock at the bottom left.',
  keepRunning: 'Keep the exam running',
  minimise: 'Minimise the window',
  quit: 'Close anyway',
  trayIdle: 'No exam is running',
  trayRunning: (address) => `An exam runs on ${address}`,
  trayShow: 'Show the console',
  trayQuit: 'Quit',
  cannotStart: 'Amorce cannot start',
  demoStarted: (machines, address) => `Simulated room: ${machines} machines on ${address}, with real packets.`,
  serviceRunning: (service, endpoint) => `${service} listens on ${endpoint}`,
  serviceFailed: (service, code) => `${service} did not start (${code})`,
  ready: (machine, seconds) => `${machine} is ready after ${seconds} s`,
  bootsAgain: (machine) => `${machine} boots again`,
  stuck: (machine, why) => `${machine} is stuck: ${why}`,
  trouble: {
    otherServer: 'another DHCP server answered it',
    offerIgnored: 'it ignores the address it is offered',
    noLoaderRequest: 'it has an address but does not ask for its boot file',
    fileMissing: 'it asks for a file that is not there',
    firewall: 'its packets arrive, a firewall holds them back',
    secureBoot: 'Secure Boot most likely refuses its loader',
    loaderHang: 'the loader arrived whole, then silence',
    wrongArchitecture: 'the loader is for another architecture',
    proxyUnanswered: 'it waits for an answer on port 4011',
    spanningTree: 'the switch let it speak late',
    blockTooLarge: 'the blocks are too large for the path',
    lossyLink: 'packets are lost on the way',
    leaseRefused: 'it keeps refusing or being refused addresses',
    sharedNic: 'several machines have the same network adapter',
    loaderLoop: 'it loads the same loader over and over',
    transferStalled: 'a transfer stands still',
    poolEmpty: 'no address is free',
    scriptSilent: 'it has its script but does not ask for the kernel',
    systemLost: 'the system started and does not report',
    heartbeatLost: 'it no longer reports',
    ownDisk: 'it started another system from its disk',
    laptopUnplugged: 'this laptop has no network link',
    agentSilent: 'its system answers, its agent no longer does',
    switchSilent: 'it fell silent with others, most likely on the same switch',
    machineGone: 'it no longer answers at all',
    wasAsleep: 'it was asleep',
    bootAgain: 'it booted again during the exam',
  },
  summary: (ready, total, stuck, seconds) => `${ready} of ${total} machines ready, ${stuck} stuck, in ${seconds} s.`,
  screenshotSaved: (path) => `Picture of the window: ${path}`,
  stockAlarms: (count) => (count === 1 ? 'Stock: one alarm' : `Stock: ${count} alarms`),
  stockAlarmNames: (alarms) =>
    namesOf(alarms, {
      outOfStock: 'out of stock',
      lowStock: 'to order',
      expired: 'expired',
      expiresSoon: 'expires soon',
      overdueLoan: 'loan overdue',
      warrantyEnds: 'warranty ends',
      urgentIntervention: 'to do now',
      memoryMissing: 'memory missing',
    }),
  notReady: (missing) => `The room did not get ready in time: ${missing}`,
  incident: (incident) => ['Exam', incident.seatLabel, incidentSentence(incident, 'en')].filter(Boolean).join(' · '),
}

export const wordsIn = (language: Language): Words => (language === 'fr' ? french : english)
