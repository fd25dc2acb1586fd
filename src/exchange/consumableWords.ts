import type { ConsumableCategory, ConsumableImportField, Language } from '../contract/index.ts'

// What files call the fields and categories of consumables: the first word of each language is what Amorce writes, the others
// are those of GLPI, Snipe-IT and of lists kept by hand. Compared without case, accents and punctuation.

type Words = Record<Language, readonly string[]>

export const consumableFieldWords: Record<ConsumableImportField, Words> = {
  reference: {
    fr: ['Référence', 'Réf', 'Code article', "N° d'article", "Numéro d'article"],
    en: ['Reference', 'Ref', 'Item No.', 'Item Number', 'Item No', 'Model No.', 'Model Number', 'SKU', 'ref'],
  },
  name: {
    fr: ['Nom', 'Désignation', 'Libellé', 'Article', 'Consommable'],
    en: ['Name', 'Item Name', 'Consumable', 'Consumable Name'],
  },
  category: { fr: ['Catégorie', 'Type', 'Famille'], en: ['Category', 'Type'] },
  manufacturer: { fr: ['Fabricant', 'Marque'], en: ['Manufacturer', 'Brand', 'manufacturers'] },
  quantity: {
    fr: [
      'En stock',
      'Quantité',
      'Qté',
      'Stock',
      'Neuf',
      'Nombre de consommables',
      'Nombre de consommables neufs',
      'Consommables - Nombre de consommables neufs',
      'Nombre de cartouches',
      'Nombre de cartouches neuves',
      'Cartouches - Nombre de cartouches neuves',
    ],
    en: [
      'In stock',
      'Remaining',
      'Quantity',
      'Qty',
      'New',
      'Number of consumables',
      'Number of new consumables',
      'Consumables - Number of new consumables',
      'Number of cartridges',
      'Number of new cartridges',
      'Cartridges - Number of new cartridges',
      'Total',
    ],
  },
  location: { fr: ['Lieu', 'Emplacement', 'Armoire'], en: ['Location', 'Place', 'Storage', 'locations'] },
  threshold: {
    fr: ['Seuil', "Seuil d'alerte", 'Quantité minimale', 'Minimum'],
    en: [
      'Threshold',
      'Alarm threshold',
      'Alert threshold',
      'Min Amount',
      'Min QTY',
      'Min. QTY',
      'Minimum',
      'alarm_threshold',
    ],
  },
  target: { fr: ['Objectif', 'Stock cible', 'Maximum'], en: ['Target', 'Stock target', 'stock_target', 'Maximum'] },
  supplier: { fr: ['Fournisseur'], en: ['Supplier', 'Vendor', 'suppliers'] },
  supplierReference: { fr: ['Réf. fournisseur', 'Référence fournisseur'], en: ['Supplier ref.', 'Supplier reference'] },
  priceCents: {
    fr: ['Prix unitaire (€)', 'Prix unitaire', 'Prix', "Prix d'achat", 'Coût'],
    en: ['Unit price (€)', 'Unit price', 'Price', 'Purchase Cost', 'Unit Cost', 'Cost'],
  },
  unit: { fr: ['Unité', 'Conditionnement'], en: ['Unit', 'Packaging'] },
  barcode: { fr: ['Code-barres', 'EAN', 'Code EAN'], en: ['Barcode', 'EAN', 'UPC', 'GTIN'] },
  pages: { fr: ['Pages', 'Autonomie (pages)'], en: ['Pages', 'Page yield', 'Yield'] },
  printerModels: {
    fr: ['Imprimantes', "Modèles d'imprimantes", "Modèle d'imprimante"],
    en: ['Printers', 'Printer models', 'Printer model', 'printermodels'],
  },
  notes: { fr: ['Notes', 'Commentaires', 'Commentaire', 'Remarques'], en: ['Notes', 'Comments', 'Comment', 'Remarks'] },
}

export const consumableCategoryWords: Record<ConsumableCategory, Words> = {
  cartridge: {
    fr: ['Cartouche', 'Cartouches', 'Toner', 'Toners', 'Encre', 'Laser', "Jet d'encre", 'Tambour'],
    en: ['Cartridge', 'Cartridges', 'Toner', 'Ink', 'Printer Ink', 'Inkjet', 'Drum'],
  },
  paper: { fr: ['Papier', 'Ramette'], en: ['Paper', 'Printer Paper'] },
  part: { fr: ['Pièce', 'Pièces', 'Pièce détachée'], en: ['Part', 'Parts', 'Spare part', 'Component'] },
  cable: { fr: ['Câble', 'Câbles', 'Cordon'], en: ['Cable', 'Cables'] },
  battery: { fr: ['Pile, batterie', 'Pile', 'Piles', 'Batterie'], en: ['Battery', 'Batteries'] },
  other: { fr: ['Autre', 'Divers'], en: ['Other', 'Misc'] },
}
