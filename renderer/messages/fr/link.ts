/** Le câble d’un poste et le fabricant de sa carte réseau. */
export const link = {
  'machine.section.link': 'Câble',
  'machine.fact.card': 'Carte réseau',
  'link.measured': '{speed}, mesurés {ago}',
  'link.none': 'Pas encore mesuré pendant ce démarrage.',
  'link.slow':
    'C’est le débit d’un lien à 100 Mb/s ou moins : changez le cordon, puis essayez un autre port du commutateur.',
  'link.awaited': 'Mesure demandée : elle se fera au prochain signe du poste, au plus tard à son prochain démarrage.',
  'link.measure': 'Mesurer le débit',
  'tool.vendor': 'Fabricant d’une carte réseau',
  'tool.vendor.mac': 'Adresse MAC',
  'tool.vendor.do': 'Chercher',
  'tool.vendor.local': 'Adresse attribuée localement : machine virtuelle, ou adresse choisie au hasard ou à la main.',
  'tool.vendor.unknown': 'Ce fabricant n’est pas dans le registre.',
  'tool.vendor.registry': 'Registre de l’IEEE du {date}, livré avec Amorce.',
  'tool.vendor.noRegistry': 'Sans registre : seules les machines virtuelles sont reconnues.',
} as const
