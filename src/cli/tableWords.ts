import type { Language } from '../contract/index.ts'
import type { CliCommand, CliOption, OperandName } from './table.ts'

/** The words of the command table, for help, completion and the man page. */
export interface TableWords {
  tagline: string
  usage: string
  commands: string
  options: string
  exitTitle: string
  more: string
  /** One line each. */
  summary: Record<CliCommand, string>
  /** What a person must know beyond it. */
  detail: Partial<Record<CliCommand, string>>
  option: Record<CliOption, string>
  /** As it stands in a usage line. */
  operand: Record<OperandName, string>
  /** What a value of an option is called in a usage line. */
  value: { word: string; file: string; folder: string; number: string }
  exit: { done: string; misused: string; failed: string }
  /** What exit code 1 means. */
  found: Partial<Record<CliCommand, string>>
  man: { name: string; synopsis: string; description: string; environment: string; files: string }
  environment: Record<'AMORCE_DATA' | 'LANG', string>
  files: Record<'data', string>
}

const french: TableWords = {
  tagline: 'serveur d’amorçage réseau d’une salle d’examen',
  usage: 'Usage',
  commands: 'Commandes :',
  options: 'Options :',
  exitTitle: 'Codes de sortie :',
  more: '« amorce <commande> --help » en dit plus sur chacune.',
  summary: {
    serve: 'sert une salle sans fenêtre : DHCP, TFTP et HTTP',
    status: 'dit ce que fait « amorce serve » sur cet ordinateur',
    check: 'dit ce qui serait repris d’un dhcpd.conf d’ISC',
    probe: 'cherche d’autres serveurs DHCP sur le réseau',
    tftp: 'prend un fichier d’un serveur TFTP, ou lui en donne un',
    import: 'importe matériels, consommables, lieux, personnes ou fournisseurs d’un tableau, ou des inventaires',
    export: 'écrit les matériels, ou une autre liste du stock, dans un fichier',
    backup: 'fait une sauvegarde de la base',
    pin: 'enlève le code du technicien, quand il est perdu',
    update: 'dit si une version sur une clé USB peut être installée',
    selftest: 'essaie tous les services dans une salle simulée',
    completion: 'écrit la complétion pour un interpréteur de commandes',
    man: 'écrit la page de manuel',
  },
  detail: {
    serve:
      'Les contrôles d’avant le départ passent d’abord ; un contrôle bloquant refuse, un avertissement aussi sauf avec --accept-warnings. ' +
      'SIGINT et SIGTERM arrêtent l’examen et libèrent tous les ports. Un examen coupé net est repris au départ suivant, avec les mêmes baux. ' +
      'L’état se lit en JSON sur http://127.0.0.1:8068/status, de cet ordinateur seulement, et ne se change pas par là.',
    check: 'Rien n’est changé. « - » lit l’entrée standard.',
    probe: 'Aucune adresse proposée n’est prise. Il faut pouvoir ouvrir le port UDP 68.',
    import:
      'Tout est écrit ou rien ne l’est. Une ligne refusée arrête tout, sauf avec --skip-refused. Les titres des colonnes disent s’il ' +
      's’agit de matériels ou de consommables ; --as le dit mieux.',
    export:
      'Sans --format, la fin du nom décide : .csv, .xlsx ou .json (inventaires GLPI, des matériels seulement). ' +
      'Des prêts, ceux qui sont en cours.',
    backup: 'Marche aussi pendant qu’Amorce est ouvert.',
    pin: 'Amorce doit être fermé. Le journal le dira.',
    update: 'Rien n’est installé : cela se fait dans les réglages.',
    selftest: 'Sans droits particuliers et sans toucher au réseau : de vrais paquets, sur la boucle locale.',
  },
  option: {
    data: 'le dossier des données',
    nic: 'la carte réseau',
    demo: 'la salle simulée au lieu d’un vrai réseau',
    machines: 'le nombre de postes de la salle simulée',
    'accept-warnings': 'partir malgré des avertissements',
    'status-port': 'le port local de l’état (8068) ; 0 pour aucun',
    port: 'le port du serveur (69)',
    'block-size': 'la taille des blocs, en octets (1468)',
    'window-size': 'le nombre de blocs par accusé (1)',
    'dry-run': 'dire ce qui changerait, sans rien écrire',
    'skip-refused': 'laisser de côté les lignes refusées',
    as: 'ce que sont les lignes',
    list: 'la liste (sinon les matériels)',
    format: 'le format du fichier',
    to: 'copier aussi la sauvegarde dans ce dossier',
    json: 'le résultat en JSON',
    language: 'la langue (sinon LC_ALL, LC_MESSAGES ou LANG)',
    help: 'cette aide',
  },
  operand: {
    file: 'fichier',
    files: 'fichier',
    action: 'get|put',
    host: 'hôte',
    remoteFile: 'fichier',
    localFile: 'autre-nom',
    shell: 'bash|zsh|fish',
    pinAction: 'forget',
    folder: 'dossier',
  },
  value: { word: 'nom', file: 'fichier', folder: 'dossier', number: 'n' },
  exit: {
    done: 'fait',
    misused: 'la commande est fausse, ou un fichier ne peut pas être lu',
    failed: 'Amorce n’a pas pu ; le code de l’erreur est dit',
  },
  found: {
    serve: 'les contrôles d’avant le départ n’ont pas passé',
    status: 'aucun examen n’est en cours',
    check: 'le fichier a des erreurs',
    probe: 'un autre serveur a répondu',
    tftp: 'le transfert n’a pas abouti',
    import: 'des lignes sont refusées, et rien n’est écrit',
    pin: 'il n’y avait pas de code',
    update: 'elle ne peut pas l’être ; le code dit pourquoi',
    selftest: 'un essai a échoué',
  },
  man: {
    name: 'NOM',
    synopsis: 'SYNOPSIS',
    description: 'DESCRIPTION',
    environment: 'ENVIRONNEMENT',
    files: 'FICHIERS',
  },
  environment: {
    AMORCE_DATA: 'Le dossier des données, quand --data n’est pas dit.',
    LANG: 'Avec LC_ALL et LC_MESSAGES : la langue de ce qui est dit.',
  },
  files: { data: 'Le dossier des données, le même que celui de la fenêtre.' },
}

const english: TableWords = {
  tagline: 'network boot server of an exam room',
  usage: 'Usage',
  commands: 'Commands:',
  options: 'Options:',
  exitTitle: 'Exit codes:',
  more: '"amorce <command> --help" says more about each.',
  summary: {
    serve: 'serve a room without a window: DHCP, TFTP and HTTP',
    status: 'say what "amorce serve" is doing on this computer',
    check: 'say what would be taken from an ISC dhcpd.conf',
    probe: 'look for other DHCP servers on the network',
    tftp: 'get a file from a TFTP server, or put one there',
    import: 'import items, consumables, places, people or suppliers from a table, or inventories',
    export: 'write the items, or another list of the stock, into a file',
    backup: 'make a backup of the database',
    pin: 'remove the technician’s PIN when it is lost',
    update: 'say whether a release on a stick may be installed',
    selftest: 'try every service in a simulated room',
    completion: 'write the completion for a shell',
    man: 'write the man page',
  },
  detail: {
    serve:
      'The checks before a start come first; a blocked one refuses, a warning too unless --accept-warnings is given. ' +
      'SIGINT and SIGTERM stop the exam and let go of every port. An exam that was cut short is resumed at the next start, with the same leases. ' +
      'Its state is read as JSON from http://127.0.0.1:8068/status, from this computer only, and nothing can be changed there.',
    check: 'Nothing is changed. "-" reads standard input.',
    probe: 'No address that is offered is taken. It has to be able to open UDP port 68.',
    import:
      'All of it is written or none. A refused line stops everything, unless --skip-refused is given. The heads of the columns tell ' +
      'items from consumables; --as tells it better.',
    export:
      "Without --format the end of the file's name decides: .csv, .xlsx or .json (GLPI inventories, of items only). " +
      'Of loans, those that are out.',
    backup: 'Works while Amorce is open too.',
    pin: 'Amorce has to be closed. The journal will say so.',
    update: 'Nothing is installed: that is done in the settings.',
    selftest: 'Without privileges and without touching the network: real packets, over the loopback.',
  },
  option: {
    data: 'the data folder',
    nic: 'the network card',
    demo: 'the simulated room instead of a real network',
    machines: 'how many machines the simulated room has',
    'accept-warnings': 'start in spite of warnings',
    'status-port': "the status's local port (8068); 0 for none",
    port: "the server's port (69)",
    'block-size': 'the size of blocks, in bytes (1468)',
    'window-size': 'how many blocks an acknowledgement covers (1)',
    'dry-run': 'say what would change, without writing anything',
    'skip-refused': 'leave refused lines out',
    as: 'what the lines are',
    list: 'the list (otherwise items)',
    format: 'the format of the file',
    to: 'copy the backup into this folder too',
    json: 'the result as JSON',
    language: 'the language (otherwise LC_ALL, LC_MESSAGES or LANG)',
    help: 'this help',
  },
  operand: {
    file: 'file',
    files: 'file',
    action: 'get|put',
    host: 'host',
    remoteFile: 'file',
    localFile: 'other-name',
    shell: 'bash|zsh|fish',
    pinAction: 'forget',
    folder: 'folder',
  },
  value: { word: 'name', file: 'file', folder: 'folder', number: 'n' },
  exit: {
    done: 'done',
    misused: 'the command is wrong, or a file cannot be read',
    failed: 'Amorce could not; the error’s code is said',
  },
  found: {
    serve: 'the checks before the start did not pass',
    status: 'no exam is running',
    check: 'the file has errors',
    probe: 'another server answered',
    tftp: 'the transfer did not succeed',
    import: 'lines are refused, and nothing is written',
    pin: 'there was no PIN',
    update: 'it may not; the code says why',
    selftest: 'a test failed',
  },
  man: {
    name: 'NAME',
    synopsis: 'SYNOPSIS',
    description: 'DESCRIPTION',
    environment: 'ENVIRONMENT',
    files: 'FILES',
  },
  environment: {
    AMORCE_DATA: 'The data folder, when --data is not given.',
    LANG: 'With LC_ALL and LC_MESSAGES: the language of what is said.',
  },
  files: { data: "The data folder, the same as the window's." },
}

export const tableWords: Record<Language, TableWords> = { fr: french, en: english }
