export const help = {
  'help.title': 'Help',
  'help.open': 'Help (F1)',
  'help.pages': 'Pages of the help',
  'help.search': 'Search the help',
  'help.found': { one: '{count} passage found', other: '{count} passages found' },
  'help.print': 'Print this page',
} as const
