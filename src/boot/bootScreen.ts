import type { Language } from '../contract/index.ts'

/** What a machine says on its own screen, from iPXE: plain ASCII, since that screen has no accents in common with us. */
export interface BootScreen {
  starting(profileName: string, mac: string): string
  measuringLink: string
  noLocalDisk: string
  /** `${step}`, when it is not a file. */
  kernelStart: string
  stepFailed: string
  stepGivenUp: string
  scriptFailed: string
  scriptGivenUp: string
  profileUnusable(profileName: string): string
  menu(mac: string): string
  menuEntry(profileName: string, needsCode: boolean): string
  wrongCode: string
  /** Of the signed chain, which starts no such profile. */
  notSigned(profileName: string): string
  /** Of the signed chain's GRUB, which then restarts the machine. */
  noConfiguration: string
}

/** @param serverUrl named on the screen, so that a technician sees at once when it is not the right one. */
export function bootScreen(language: Language, serverUrl: string): BootScreen {
  return screens[language](serverUrl)
}

const screens: Record<Language, (serverUrl: string) => BootScreen> = {
  fr: (serverUrl) => ({
    starting: (profileName, mac) => `Amorce : ${plain(profileName)} sur ${mac}`,
    measuringLink: 'Amorce : mesure du debit du cable...',
    noLocalDisk: "Amorce : ce poste n'a pas de disque qui demarre (lecteur 0x80).",
    kernelStart: 'demarrage du noyau',
    stepFailed: `Amorce : echec de \${step} depuis ${serverUrl}`,
    stepGivenUp: `Amorce : ce poste n'a pas pu charger \${step}. Prevenez le technicien. Une touche redemarre le poste.`,
    scriptFailed: `Amorce : pas de reponse de ${serverUrl}`,
    scriptGivenUp: `Amorce : ${serverUrl} ne repond pas. Prevenez le technicien. Une touche redemarre le poste.`,
    profileUnusable: (profileName) =>
      `Amorce : le profil ${plain(profileName)} est inutilisable. Prevenez le technicien. Une touche redemarre le poste.`,
    menu: (mac) => `Amorce : que demarrer sur ${mac} ?`,
    menuEntry: (profileName, needsCode) => plain(profileName) + (needsCode ? ' (code du technicien, Password)' : ''),
    wrongCode: 'Amorce : code refuse.',
    notSigned: (profileName) =>
      `Amorce : ${plain(profileName)} ne demarre pas par la chaine signee (Secure Boot). Prevenez le technicien.`,
    noConfiguration: `Amorce : ${serverUrl} ne repond pas. Prevenez le technicien. Le poste redemarre dans deux minutes.`,
  }),
  en: (serverUrl) => ({
    starting: (profileName, mac) => `Amorce: ${plain(profileName)} on ${mac}`,
    measuringLink: 'Amorce: measuring the speed of the cable...',
    noLocalDisk: 'Amorce: this machine has no disk that starts (drive 0x80).',
    kernelStart: 'starting the kernel',
    stepFailed: `Amorce: \${step} failed from ${serverUrl}`,
    stepGivenUp: `Amorce: this machine could not load \${step}. Call the technician. Any key restarts the machine.`,
    scriptFailed: `Amorce: no answer from ${serverUrl}`,
    scriptGivenUp: `Amorce: ${serverUrl} does not answer. Call the technician. Any key restarts the machine.`,
    profileUnusable: (profileName) =>
      `Amorce: the profile ${plain(profileName)} cannot be used. Call the technician. Any key restarts the machine.`,
    menu: (mac) => `Amorce: what is ${mac} to start?`,
    menuEntry: (profileName, needsCode) => plain(profileName) + (needsCode ? ' (technician code, Password)' : ''),
    wrongCode: 'Amorce: code refused.',
    notSigned: (profileName) =>
      `Amorce: ${plain(profileName)} does not start by the signed chain (Secure Boot). Call the technician.`,
    noConfiguration: `Amorce: ${serverUrl} does not answer. Call the technician. The machine restarts in two minutes.`,
  }),
}

/** A name as iPXE can show it: accents folded, and none of the characters that mean something to its scripts. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w .,:()+-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
