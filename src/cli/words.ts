import type { Language } from '../contract/index.ts'
import type { ConfigurationError, NotTakenReason, OwnWayReason, TakenKind } from '../dhcp/index.ts'

/** What the command line says. `subject` is a piece of the file, shown after the words. */
export interface CliWords {
  cannotRead(file: string, why: string): string
  error: string
  /** What is said, and the piece of the file it is about. */
  about(said: string, subject: string): string
  takenTitle: string
  ownWayTitle: string
  notTakenTitle: string
  summary(file: string, taken: number, ownWay: number, notTaken: number): string
  errorSummary(file: string, errors: number): string
  taken: Record<TakenKind, string>
  ownWay: Record<OwnWayReason, string>
  notTaken: Record<NotTakenReason, string>
  errors: Record<ConfigurationError, string>
}

const french: CliWords = {
  cannotRead: (file, why) => `${file} ne peut pas être lu : ${why}`,
  error: 'erreur',
  about: (said, subject) => `${said} : ${subject}`,
  takenTitle: 'Repris :',
  ownWayTitle: 'Fait par Amorce lui-même :',
  notTakenTitle: 'Non repris :',
  summary: (file, taken, ownWay, notTaken) =>
    `${file} : ${taken} repris, ${ownWay} faits par Amorce lui-même, ${notTaken} non repris.`,
  errorSummary: (file, errors) => `${file} : ${errors} ${errors === 1 ? 'erreur' : 'erreurs'}.`,
  taken: {
    subnet: 'sous-réseau',
    pool: 'plage d’adresses',
    reservation: 'réservation',
    option: 'option',
    optionDefinition: 'définition d’option',
    leaseTime: 'durée de bail',
    nextServer: 'serveur du fichier d’amorçage',
    bootFile: 'fichier d’amorçage',
    serverName: 'nom du serveur',
    authoritative: 'autorité sur le réseau',
    unknownClients: 'postes inconnus',
    bootp: 'clients BOOTP',
    hostNames: 'noms donnés aux postes',
  },
  ownWay: {
    bootChoice: 'Amorce choisit lui-même le fichier d’amorçage d’après le micrologiciel',
    asAlways: 'Amorce fait toujours ainsi',
  },
  notTaken: {
    include: 'les fichiers inclus ne sont pas lus : à vérifier à part',
    class: 'les classes de clients ne sont pas reprises',
    condition: 'cette condition ne porte pas que sur le micrologiciel et l’amorçage',
    expression: 'une valeur calculée ne peut pas être reprise : écrire la valeur elle-même',
    needsDns: 'un nom demanderait le DNS : écrire l’adresse',
    optionSpace: 'les espaces d’options d’un constructeur ne sont pas repris',
    recordOption: 'une option faite de plusieurs champs n’est pas reprise',
    protocolOption: 'le protocole remplit lui-même cette option',
    ipv6: 'Amorce ne sert qu’IPv4',
    dynamicDns: 'Amorce ne met pas le DNS à jour',
    failover: 'Amorce ne se double pas d’un second serveur',
    housekeeping: 'ne concerne que le fonctionnement interne de dhcpd',
    unsupportedSetting: 'Amorce n’a pas ce réglage',
    poolForSomeClients: 'plage réservée à certains clients seulement : laissée de côté pour ne pas l’ouvrir à tous',
    poolSetting: 'réglage propre à une plage : le placer dans le sous-réseau',
    otherHardware: 'seules les cartes Ethernet sont reprises',
    noIdentity: 'rien ne dit de quelle machine il s’agit (adresse MAC, identifiant client ou UUID)',
    secondIdentity: 'une machine est reconnue à une seule marque : celle-ci est laissée de côté',
    subnetSize: 'un sous-réseau va de /1 à /30',
    overlappingSubnet: 'ce sous-réseau en recouvre un autre',
  },
  errors: {
    tooLarge: 'fichier trop long (octets)',
    binary: 'ce n’est pas un fichier texte',
    unexpectedCharacter: 'caractère inattendu',
    unterminatedString: 'guillemet jamais fermé sur cette ligne',
    badString: 'ce texte n’est pas de l’UTF-8',
    semicolonExpected: 'il manque un point-virgule après',
    braceExpected: 'il manque l’accolade ouvrante après',
    unexpectedBrace: 'accolade inattendue',
    unclosedBlock: 'bloc jamais fermé',
    tooDeep: 'blocs imbriqués trop profondément',
    tooManyProblems: 'trop d’erreurs : la suite n’est pas montrée',
    unknownStatement: 'instruction inconnue',
    unknownOption: 'option inconnue',
    misplaced: 'n’a pas sa place ici',
    missingValue: 'il manque une valeur après',
    unexpectedWord: 'mot inattendu',
    badAddress: 'ce n’est pas une adresse IPv4',
    badNumber: 'ce n’est pas un nombre permis ici',
    badText: 'texte entre guillemets attendu au lieu de',
    badFlag: 'on ou off attendu au lieu de',
    badHex: 'octets en hexadécimal attendus au lieu de',
    badMac: 'ce n’est pas une adresse MAC',
    badMask: 'le masque ne va pas avec l’adresse du réseau',
    badDefinition: 'définition d’option incorrecte',
    outsideSubnet: 'ces adresses ne sont pas dans le sous-réseau',
    duplicateName: 'nom déjà pris',
    overlappingRange: 'cette plage en recouvre une autre',
  },
}

const english: CliWords = {
  cannotRead: (file, why) => `${file} cannot be read: ${why}`,
  error: 'error',
  about: (said, subject) => `${said}: ${subject}`,
  takenTitle: 'Taken:',
  ownWayTitle: 'Done by Amorce itself:',
  notTakenTitle: 'Not taken:',
  summary: (file, taken, ownWay, notTaken) =>
    `${file}: ${taken} taken, ${ownWay} done by Amorce itself, ${notTaken} not taken.`,
  errorSummary: (file, errors) => `${file}: ${errors} ${errors === 1 ? 'error' : 'errors'}.`,
  taken: {
    subnet: 'subnet',
    pool: 'address range',
    reservation: 'reservation',
    option: 'option',
    optionDefinition: 'option definition',
    leaseTime: 'lease time',
    nextServer: 'next server',
    bootFile: 'boot file',
    serverName: 'server name',
    authoritative: 'authority over the network',
    unknownClients: 'unknown machines',
    bootp: 'BOOTP clients',
    hostNames: 'names given to machines',
  },
  ownWay: {
    bootChoice: 'Amorce chooses the boot file by firmware itself',
    asAlways: 'Amorce always does so',
  },
  notTaken: {
    include: 'included files are not read: check them by themselves',
    class: 'classes of clients are not taken',
    condition: 'this condition is about more than firmware and booting',
    expression: 'a computed value cannot be taken: write the value itself',
    needsDns: 'a name would need the DNS: write the address',
    optionSpace: "a vendor's option spaces are not taken",
    recordOption: 'an option made of several fields is not taken',
    protocolOption: 'the protocol fills this option in itself',
    ipv6: 'Amorce serves IPv4 alone',
    dynamicDns: 'Amorce does not update the DNS',
    failover: 'Amorce has no second server to fail over to',
    housekeeping: "concerns only dhcpd's own housekeeping",
    unsupportedSetting: 'Amorce has no such setting',
    poolForSomeClients: 'a range for some clients only: left out, so as not to open it to all',
    poolSetting: 'a setting of one range alone: put it in the subnet',
    otherHardware: 'only Ethernet cards are taken',
    noIdentity: 'nothing says which machine this is (MAC address, client identifier or UUID)',
    secondIdentity: 'a machine is told by one mark: this one is left out',
    subnetSize: 'a subnet goes from /1 to /30',
    overlappingSubnet: 'this subnet overlaps another',
  },
  errors: {
    tooLarge: 'file too long (bytes)',
    binary: 'this is no text file',
    unexpectedCharacter: 'unexpected character',
    unterminatedString: 'quote never closed on this line',
    badString: 'this text is not UTF-8',
    semicolonExpected: 'semicolon expected after',
    braceExpected: 'opening brace expected after',
    unexpectedBrace: 'unexpected brace',
    unclosedBlock: 'block never closed',
    tooDeep: 'blocks nested too deeply',
    tooManyProblems: 'too many errors: the rest is not shown',
    unknownStatement: 'unknown statement',
    unknownOption: 'unknown option',
    misplaced: 'not allowed here',
    missingValue: 'a value is missing after',
    unexpectedWord: 'unexpected word',
    badAddress: 'not an IPv4 address',
    badNumber: 'not a number allowed here',
    badText: 'text in quotes expected instead of',
    badFlag: 'on or off expected instead of',
    badHex: 'hexadecimal bytes expected instead of',
    badMac: 'not a MAC address',
    badMask: 'the mask does not go with the network address',
    badDefinition: 'bad option definition',
    outsideSubnet: 'these addresses are not in the subnet',
    duplicateName: 'name already taken',
    overlappingRange: 'this range overlaps another',
  },
}

export const cliWords: Record<Language, CliWords> = { fr: french, en: english }
