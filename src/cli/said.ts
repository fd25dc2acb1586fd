import type { Language } from '../contract/index.ts'
import type { Misuse } from './arguments.ts'

/** What the commands say, apart from help (tableWords.ts) and `check` (words.ts). */
export interface Said {
  misuse: Record<Misuse['wrong'], (subject: string) => string>
  seeHelp(command: string): string
  failed(code: string, message: string): string
  serving(nic: string, address: string): string
  service(name: string, endpoint: string): string
  statusAt(url: string): string
  refused: string
  checkLine(verdict: string, check: string, what: string): string
  lease(mac: string, address: string): string
  sent(file: string, client: string, result: string): string
  stopped: string
  noAnswer(url: string): string
  notRunning: string
  running(nic: string, address: string, machines: number, ready: number, stuck: number): string
  noServer(nic: string): string
  server(address: string, mac: string, offered: string): string
  transferred(file: string, bytes: number, seconds: string): string
  notTransferred(file: string, why: string): string
  imported(added: number, changed: number, unchanged: number, refused: number): string
  wouldImport(added: number, changed: number, unchanged: number, refused: number): string
  nothingWritten: string
  line(line: number, label: string, problems: string): string
  exported(file: string): string
  formatUnknown(file: string): string
  onlyItems(list: string): string
  backedUp(path: string): string
  copied(path: string): string
  pinForgotten: string
  updateFits(version: string, file: string): string
  noPin: string
  tested(step: string, verdict: string, reason: string): string
}

const french: Said = {
  misuse: {
    noCommand: () => 'Il manque la commande.',
    unknownCommand: (subject) => `Commande inconnue : ${subject}`,
    unknownOption: (subject) => `Option inconnue : ${subject}`,
    optionElsewhere: (subject) => `Cette commande n’a pas d’option ${subject}`,
    valueMissing: (subject) => `Il manque la valeur de ${subject}`,
    valueWrong: (subject) => `Valeur impossible : ${subject}`,
    operandMissing: (subject) => `Il manque : ${subject}`,
    operandWrong: (subject) => `Mot inattendu : ${subject}`,
    operandTooMany: (subject) => `Un mot de trop : ${subject}`,
  },
  seeHelp: (command) => `Voir : amorce ${command}--help`,
  failed: (code, message) => `${message} (${code})`,
  serving: (nic, address) => `La salle est servie sur ${nic}, ${address}.`,
  service: (name, endpoint) => `${name} écoute sur ${endpoint}`,
  statusAt: (url) => `L’état se lit sur ${url}`,
  refused: 'Rien n’est démarré : les contrôles d’avant le départ n’ont pas passé.',
  checkLine: (verdict, check, what) => `  ${verdict}  ${check}  ${what}`,
  lease: (mac, address) => `${mac} a l’adresse ${address}`,
  sent: (file, client, result) => `${file} vers ${client} : ${result}`,
  stopped: 'Arrêté ; plus aucun port n’est ouvert.',
  noAnswer: (url) => `Personne ne répond sur ${url}.`,
  notRunning: 'Aucun examen n’est en cours.',
  running: (nic, address, machines, ready, stuck) =>
    `Examen en cours sur ${nic}, ${address} : ${machines} ${machines < 2 ? 'poste' : 'postes'}, ${ready} ${ready < 2 ? 'prêt' : 'prêts'}, ` +
    `${stuck} ${stuck < 2 ? 'arrêté' : 'arrêtés'}.`,
  noServer: (nic) => `Aucun autre serveur DHCP sur ${nic}.`,
  server: (address, mac, offered) => `${address} ${mac} propose ${offered}`,
  transferred: (file, bytes, seconds) => `${file} : ${bytes} octets en ${seconds} s`,
  notTransferred: (file, why) => `${file} n’est pas passé : ${why}`,
  imported: (added, changed, unchanged, refused) =>
    `${added} ajoutés, ${changed} changés, ${unchanged} inchangés, ${refused} refusés.`,
  wouldImport: (added, changed, unchanged, refused) =>
    `Serait : ${added} ajoutés, ${changed} changés, ${unchanged} inchangés, ${refused} refusés.`,
  nothingWritten: 'Rien n’est écrit.',
  line: (line, label, problems) => `  ligne ${line}  ${label}  ${problems}`,
  exported: (file) => `Écrit : ${file}`,
  formatUnknown: (file) => `Le nom ${file} ne dit pas le format : --format csv|xlsx|glpi`,
  onlyItems: (list) => `Seuls les matériels sortent en inventaires GLPI, pas « ${list} »`,
  backedUp: (path) => `Sauvegarde : ${path}`,
  copied: (path) => `Copie : ${path}`,
  updateFits: (version, file) => `La version ${version} peut être installée : ${file}`,
  pinForgotten: 'Le code du technicien est enlevé.',
  noPin: 'Il n’y a pas de code du technicien.',
  tested: (step, verdict, reason) => `  ${verdict}  ${step}  ${reason}`,
}

const english: Said = {
  misuse: {
    noCommand: () => 'The command is missing.',
    unknownCommand: (subject) => `Unknown command: ${subject}`,
    unknownOption: (subject) => `Unknown option: ${subject}`,
    optionElsewhere: (subject) => `This command has no option ${subject}`,
    valueMissing: (subject) => `The value of ${subject} is missing`,
    valueWrong: (subject) => `Impossible value: ${subject}`,
    operandMissing: (subject) => `Missing: ${subject}`,
    operandWrong: (subject) => `Unexpected word: ${subject}`,
    operandTooMany: (subject) => `One word too many: ${subject}`,
  },
  seeHelp: (command) => `See: amorce ${command}--help`,
  failed: (code, message) => `${message} (${code})`,
  serving: (nic, address) => `The room is served on ${nic}, ${address}.`,
  service: (name, endpoint) => `${name} listens on ${endpoint}`,
  statusAt: (url) => `The state is at ${url}`,
  refused: 'Nothing was started: the checks before the start did not pass.',
  checkLine: (verdict, check, what) => `  ${verdict}  ${check}  ${what}`,
  lease: (mac, address) => `${mac} has the address ${address}`,
  sent: (file, client, result) => `${file} to ${client}: ${result}`,
  stopped: 'Stopped; no port is open any more.',
  noAnswer: (url) => `Nobody answers at ${url}.`,
  notRunning: 'No exam is running.',
  running: (nic, address, machines, ready, stuck) =>
    `An exam runs on ${nic}, ${address}: ${machines} ${machines === 1 ? 'machine' : 'machines'}, ${ready} ready, ${stuck} stuck.`,
  noServer: (nic) => `No other DHCP server on ${nic}.`,
  server: (address, mac, offered) => `${address} ${mac} offers ${offered}`,
  transferred: (file, bytes, seconds) => `${file}: ${bytes} bytes in ${seconds} s`,
  notTransferred: (file, why) => `${file} did not get through: ${why}`,
  imported: (added, changed, unchanged, refused) =>
    `${added} added, ${changed} changed, ${unchanged} unchanged, ${refused} refused.`,
  wouldImport: (added, changed, unchanged, refused) =>
    `Would be: ${added} added, ${changed} changed, ${unchanged} unchanged, ${refused} refused.`,
  nothingWritten: 'Nothing was written.',
  line: (line, label, problems) => `  line ${line}  ${label}  ${problems}`,
  exported: (file) => `Written: ${file}`,
  formatUnknown: (file) => `The name ${file} does not tell the format: --format csv|xlsx|glpi`,
  onlyItems: (list) => `Only items leave as GLPI inventories, not "${list}"`,
  backedUp: (path) => `Backup: ${path}`,
  copied: (path) => `Copy: ${path}`,
  updateFits: (version, file) => `Version ${version} may be installed: ${file}`,
  pinForgotten: 'The technician’s PIN is removed.',
  noPin: 'There is no technician’s PIN.',
  tested: (step, verdict, reason) => `  ${verdict}  ${step}  ${reason}`,
}

export const saidIn: Record<Language, Said> = { fr: french, en: english }
