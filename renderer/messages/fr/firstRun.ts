/** Le guide du premier démarrage et les données d’entraînement. */
export const firstRun = {
  'guide.title': 'Bienvenue dans Amorce',
  'guide.text': 'Quatre réponses, et la console est à vous. Tout se change ensuite dans les réglages.',
  'guide.steps': 'Étapes du guide',
  'guide.step': 'Étape {number} sur {count}',
  'guide.step.look': 'Langue',
  'guide.step.nic': 'Carte réseau',
  'guide.step.room': 'Salle',
  'guide.step.start': 'Premier examen',
  'guide.nic.text':
    'La carte reliée au commutateur de la salle d’examen. Amorce ne répond que sur celle-là, jamais sur le réseau de l’établissement.',
  'guide.nic.none.text': 'Vous la choisirez plus tard, en haut de l’écran.',
  'guide.room.text': 'Ces deux réponses sont facultatives.',
  'guide.start.text':
    'La salle simulée démarre 24 postes sous vos yeux, avec de vrais paquets, sans rien envoyer sur le réseau. Elle vient avec un stock, un plan de salle et une séance inventés, dans un dossier à part : tout s’enlève d’un clic.',
  'guide.start.practice': 'M’entraîner sur la salle simulée',
  'guide.start.console': 'Aller à la console',
  'guide.back': 'Retour',
  'guide.next': 'Continuer',
  'guide.skip': 'Passer le guide',
  'guide.again': 'Revoir le guide de démarrage',
  'practice.title': 'Entraînement',
  'practice.text': 'Tout ici est inventé. Vos données sont intactes, et rien de ce que vous faites ici n’y entre.',
  'practice.end': 'Enlever les données d’entraînement',
  'practice.begin': 'S’entraîner sur des données inventées',
  'practice.about':
    'Un stock, une salle et une séance inventés, dans un dossier à part. Vos données ne sont pas touchées ; l’entraînement s’enlève d’un clic.',
} as const
