import type { Language, LocationKind, ReferenceSubject, referenceImportFields } from '../contract/index.ts'

// What files call the fields of places, people and suppliers: the first word of each language is what Amorce writes, the
// others are those of GLPI and of lists kept by hand. Compared without case, accents and punctuation.

type Words = Record<Language, readonly string[]>

const contact = {
  email: {
    fr: ['Courriel', 'Adresse de messagerie', 'Adresses de messagerie', 'Adresse e-mail', 'Mail', 'E-mail'],
    en: ['Email', 'Emails', 'Email address', 'E-mail', 'Mail'],
  },
  phone: {
    fr: ['Téléphone', 'Tél', 'Téléphone 1', 'Téléphone fixe', 'Téléphone mobile'],
    en: ['Phone', 'Phone number', 'Telephone', 'Mobile phone', 'phonenumber'],
  },
  notes: { fr: ['Notes', 'Commentaires', 'Commentaire', 'Remarques'], en: ['Notes', 'Comments', 'Comment', 'Remarks'] },
} satisfies Record<string, Words>

export const referenceFieldWords: {
  [Subject in ReferenceSubject]: Record<(typeof referenceImportFields)[Subject][number], Words>
} = {
  locations: {
    path: {
      fr: ['Chemin', 'Nom complet', 'Intitulé complet', 'Lieu', 'Emplacement', 'Nom'],
      en: ['Path', 'Complete name', 'Full name', 'completename', 'Location', 'Place', 'Name'],
    },
    kind: { fr: ['Genre', 'Type'], en: ['Kind', 'Type'] },
    notes: contact.notes,
  },
  people: {
    name: {
      fr: ['Nom', 'Nom de famille', 'Personne', 'Utilisateur'],
      en: ['Name', 'Last name', 'Surname', 'Person', 'User'],
    },
    firstName: { fr: ['Prénom'], en: ['First name', 'firstname'] },
    department: { fr: ['Service', 'Département', 'Groupe', 'Groupes'], en: ['Department', 'Group', 'Groups'] },
    ...contact,
  },
  suppliers: {
    name: { fr: ['Nom', 'Fournisseur', 'Société', 'Raison sociale'], en: ['Name', 'Supplier', 'Vendor', 'Company'] },
    address: { fr: ['Adresse', 'Adresse postale'], en: ['Address', 'Postal address'] },
    ...contact,
  },
}

export const locationKindWords: Record<LocationKind, Words> = {
  site: { fr: ['Site', 'Campus'], en: ['Site', 'Campus'] },
  building: { fr: ['Bâtiment', 'Bât'], en: ['Building'] },
  room: { fr: ['Salle', 'Pièce', 'Bureau'], en: ['Room', 'Office'] },
  cupboard: { fr: ['Armoire', 'Étagère', 'Placard'], en: ['Cupboard', 'Shelf', 'Cabinet'] },
  rack: { fr: ['Baie ou unité de baie', 'Baie'], en: ['Rack or rack unit', 'Rack'] },
  seat: { fr: ['Place', 'Poste'], en: ['Seat'] },
  other: { fr: ['Autre'], en: ['Other'] },
}
