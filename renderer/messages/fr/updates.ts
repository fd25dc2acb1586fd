/** Les mises à jour depuis un fichier ou une clé. */
export const updates = {
  'updates.intro':
    'Amorce ne cherche jamais de mise à jour sur un réseau : copiez une version entière (amorce-update.json, sa signature et le fichier de votre système) sur une clé USB, et ouvrez-la ici.',
  'updates.version': 'Version installée',
  'updates.kind': 'Installation',
  'updates.kind.deb': 'Paquet Debian',
  'updates.kind.appImage': 'AppImage',
  'updates.kind.archive': 'Archive tar.gz',
  'updates.kind.installer': 'Installateur Windows',
  'updates.kind.other': 'Copie de travail, ou remplacée à la main',
  'updates.network': 'Recherche en ligne',
  'updates.network.none': 'Aucune : il n’y en a pas dans Amorce.',
  'updates.notHere':
    'Cette installation ne se met pas à jour d’ici : une copie de travail suit son dépôt, une image disque se remplace à la main.',
  'updates.noKey':
    'Ce paquet a été construit sans clé de signature : Amorce ne peut vérifier aucune version, et n’en prend donc aucune.',
  'updates.fromFile': 'Depuis un fichier…',
  'updates.fromFolder': 'Depuis un dossier ou une clé…',
  'updates.drop': 'Ou déposez ici le dossier de la version.',
  'updates.looking': 'Vérification de la signature et du fichier…',
  'updates.refused': 'Cette version ne sera pas installée',
  'updates.offer': 'Version {version}',
  'updates.date': 'Date',
  'updates.file': 'Fichier',
  'updates.signature': 'Signature',
  'updates.signature.good': 'vérifiée, par la clé de cette Amorce ; le fichier est celui qui a été signé',
  'updates.notes': 'Nouveautés',
  'updates.install': 'Installer et redémarrer Amorce',
  'updates.installing': 'Installation…',
  'updates.before': 'Les données sont d’abord sauvegardées, et la version actuelle est gardée.',
  'updates.examRunning': 'Un examen est en cours : arrêtez-le d’abord.',
  'updates.previous': 'Version précédente',
  'updates.previous.text':
    'La version {version}, remplacée le {date}, est gardée. Si la version actuelle a changé la forme des données, elles reviennent aussi à leur état d’alors ; l’état présent est d’abord sauvegardé.',
  'updates.rollBack': 'Revenir à la version {version}',
} as const
