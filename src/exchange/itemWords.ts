import type { ItemState, ItemType, ItemTypeView, Language, PlainImportField } from '../contract/index.ts'

// What files call the fields, types and states of items: the first word of each language is what Amorce writes, the others are
// those of GLPI, Snipe-IT and of lists kept by hand. Compared without case, accents and punctuation.

type Words = Record<Language, readonly string[]>

export const fieldWords: Record<PlainImportField, Words> = {
  assetTag: {
    fr: [
      "Numéro d'inventaire",
      "N° d'inventaire",
      'N° inventaire',
      'Inventaire',
      'Étiquette',
      'Code inventaire',
      'Immobilisation',
    ],
    en: ['Inventory number', 'Asset Tag', 'Asset number', 'otherserial', 'Tag'],
  },
  name: {
    fr: ['Nom', "Nom de l'ordinateur", 'Nom du poste'],
    en: ['Name', 'Computer name', 'Item Name', 'Asset Name', 'Hostname'],
  },
  type: { fr: ['Type', 'Catégorie', 'Type de matériel'], en: ['Type', 'Category', 'Item Type', 'computertypes'] },
  state: { fr: ['Statut', 'État', 'Etat'], en: ['Status', 'State', 'Status Label', 'states'] },
  manufacturer: { fr: ['Fabricant', 'Marque', 'Constructeur'], en: ['Manufacturer', 'Brand', 'Make', 'manufacturers'] },
  model: { fr: ['Modèle', 'Désignation'], en: ['Model', 'Model name', 'computermodels'] },
  serial: {
    fr: ['Numéro de série', 'N° de série', 'N° série', 'Série'],
    en: ['Serial number', 'Serial', 'S/N', 'Serial No'],
  },
  location: {
    fr: ['Lieu', 'Localisation', 'Emplacement', 'Salle'],
    en: ['Location', 'Room', 'Place', 'locations', 'Default Location'],
  },
  macs: {
    fr: ['Adresses MAC', 'Adresse MAC', 'MAC', 'Réseau - MAC', 'Port réseau - Adresse MAC'],
    en: ['MAC addresses', 'MAC Address', 'Network - MAC', 'Network port - MAC address'],
  },
  uuid: { fr: ['UUID'], en: ['UUID'] },
  parentTag: { fr: ['Rattaché à', 'Ordinateur parent'], en: ['Part of', 'Parent asset tag'] },
  supplier: {
    fr: ['Fournisseur', 'Informations financières et administratives - Fournisseur'],
    en: ['Supplier', 'Vendor', 'suppliers', 'Financial and administrative information - Supplier'],
  },
  orderNumber: {
    fr: [
      'Numéro de commande',
      'N° de commande',
      'Bon de commande',
      'Informations financières et administratives - Numéro de commande',
    ],
    en: ['Order number', 'Order', 'Financial and administrative information - Order number'],
  },
  priceCents: {
    fr: ['Prix', 'Valeur', "Prix d'achat", 'Coût', 'Montant', 'Informations financières et administratives - Valeur'],
    en: ['Price', 'Purchase Cost', 'Cost', 'Value', 'Financial and administrative information - Value'],
  },
  purchasedOn: {
    fr: ["Date d'achat", 'Acheté le', "Informations financières et administratives - Date d'achat"],
    en: [
      'Purchase date',
      'Date of purchase',
      'buy_date',
      'Financial and administrative information - Date of purchase',
    ],
  },
  warrantyUntil: {
    fr: [
      'Fin de garantie',
      "Date d'expiration de la garantie",
      "Garantie jusqu'au",
      "Informations financières et administratives - Date d'expiration de la garantie",
    ],
    en: ['Warranty until', 'Warranty expiration date', 'Warranty Expires', 'Warranty end'],
  },
  cpu: { fr: ['Processeur', 'Composants - Processeur'], en: ['Processor', 'CPU', 'Components - Processor'] },
  memoryMiB: {
    fr: ['Mémoire (Mio)', 'Mémoire', 'Composants - Mémoire'],
    en: ['Memory (MiB)', 'Memory', 'memoryMiB', 'Components - Memory'],
  },
  disks: { fr: ['Disques', 'Composants - Disque dur'], en: ['Disks', 'Storage', 'Components - Hard drive'] },
  firmware: { fr: ['Micrologiciel'], en: ['Firmware'] },
  biosVersion: { fr: ['Version du BIOS'], en: ['BIOS version', 'biosVersion'] },
  biosDate: { fr: ['Date du BIOS'], en: ['BIOS date', 'biosDate'] },
  notes: {
    fr: ['Notes', 'Commentaires', 'Commentaire', 'Remarques', 'Observations'],
    en: ['Notes', 'Comments', 'Comment', 'Asset Notes', 'Remarks'],
  },
}

export const stateWords: Record<ItemState, Words> = {
  inService: {
    fr: ['En service', 'En production', 'Utilisé', 'Affecté', 'Actif'],
    en: ['In service', 'In use', 'Deployed', 'Production', 'Active', 'Assigned'],
  },
  spare: {
    fr: ['En réserve', 'En stock', 'Disponible', 'Réserve', 'Neuf'],
    en: ['Spare', 'In stock', 'Ready to Deploy', 'Deployable', 'Available', 'Pending', 'Stock'],
  },
  loaned: { fr: ['Prêté', 'En prêt', 'Emprunté'], en: ['On loan', 'Loaned', 'Lent'] },
  underRepair: {
    fr: ['En réparation', 'En panne', 'Hors service', 'HS', 'En maintenance', 'SAV'],
    en: [
      'Under repair',
      'Out for Repair',
      'In repair',
      'Broken',
      'Undeployable',
      'Out for Diagnostics',
      'Broken - Not Fixable',
    ],
  },
  awaitingDisposal: { fr: ['À réformer', 'À jeter', 'En attente de réforme'], en: ['Awaiting disposal', 'To dispose'] },
  disposed: {
    fr: ['Réformé', 'Mis au rebut', 'Rebut', 'Jeté', 'Archivé'],
    en: ['Disposed', 'Archived', 'Retired', 'Scrapped'],
  },
  lost: { fr: ['Perdu', 'Volé', 'Perdu ou volé'], en: ['Lost', 'Stolen', 'Lost/Stolen', 'Missing'] },
}

export const typeWords: Record<string, Words> = {
  pc: {
    fr: ['PC fixe', 'PC', 'Ordinateur', 'Ordinateur fixe', 'Unité centrale', 'UC', 'Poste fixe', 'Tour'],
    en: [
      'Desktop PC',
      'Desktop',
      'Desktops',
      'Computer',
      'Workstation',
      'Tower',
      'Mini Tower',
      'Mini PC',
      'All in One',
      'Low Profile Desktop',
      'Space-saving',
      'Computers',
    ],
  },
  laptop: {
    fr: ['Portable', 'PC portable', 'Ordinateur portable'],
    en: ['Laptop', 'Laptops', 'Notebook', 'Convertible', 'Portable computer'],
  },
  server: { fr: ['Serveur'], en: ['Server', 'Servers', 'Rack Mount Chassis', 'Blade'] },
  screen: { fr: ['Écran', 'Moniteur'], en: ['Screen', 'Monitor', 'Monitors', 'Display', 'Displays'] },
  printer: { fr: ['Imprimante', 'Imprimante laser', "Imprimante jet d'encre"], en: ['Printer', 'Printers'] },
  copier: { fr: ['Copieur', 'Photocopieur', 'Multifonction'], en: ['Copier', 'Photocopier', 'MFP'] },
  switch: { fr: ['Commutateur', 'Switch'], en: ['Switch', 'Network switch', 'Networking'] },
  router: { fr: ['Routeur', 'Borne wifi'], en: ['Router', 'Access point'] },
  ups: { fr: ['Onduleur'], en: ['UPS'] },
  projector: { fr: ['Vidéoprojecteur', 'Projecteur', 'VPI', 'Tableau interactif'], en: ['Projector', 'Beamer'] },
  cable: { fr: ['Câble', 'Cordon'], en: ['Cable', 'Cables'] },
  other: { fr: ['Autre', 'Divers'], en: ['Other', 'Misc', 'Accessory'] },
}

/** Without case, accents and punctuation. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

export function lookupOf<Key extends string>(words: Record<Key, Words>): Map<string, Key> {
  const lookup = new Map<string, Key>()
  for (const key of Object.keys(words) as Key[])
    for (const word of [key, ...words[key].fr, ...words[key].en]) {
      const folded = fold(word)
      // The first that claims a word keeps it: `Serial` is the serial number's.
      if (!lookup.has(folded)) lookup.set(folded, key)
    }
  return lookup
}

/** What a type is called: by a person, else in that language, else by its key. */
export const typeName = (type: ItemType, language: Language, types: readonly ItemTypeView[]): string =>
  types.find(({ id }) => id === type)?.name || (typeWords[type]?.[language][0] ?? type)
