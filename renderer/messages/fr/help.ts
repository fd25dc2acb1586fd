export const help = {
  'help.title': 'Aide',
  'help.open': 'Aide (F1)',
  'help.pages': 'Pages de l’aide',
  'help.search': 'Chercher dans l’aide',
  'help.found': { one: '{count} passage trouvé', other: '{count} passages trouvés' },
  'help.print': 'Imprimer cette page',
} as const
