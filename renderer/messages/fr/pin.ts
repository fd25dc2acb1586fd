/** Le code du technicien : ce qui le demande, et ses réglages. */
export const pin = {
  'pin.title': 'Code du technicien',
  'pin.prompt': 'Il protège le démarrage et l’arrêt de l’examen et les réglages.',
  'pin.field': 'Code',
  'pin.unlock': 'Déverrouiller',
  'pin.unlock.why': 'Console verrouillée : le code du technicien l’ouvre',
  'pin.lock': 'Verrouiller',
  'pin.lock.why': 'Console ouverte : la verrouiller maintenant',
  'pin.intro':
    'Un code facultatif pour une console laissée sans surveillance : sans lui, personne ne démarre ni n’arrête un examen et ne touche aux réglages. Le stock et les épreuves restent ouverts à tous.',
  'pin.limits':
    'Il ne remplace pas le verrouillage de la session : qui peut utiliser ce compte de l’ordinateur peut enlever le code dans un terminal, et le journal le dira.',
  'pin.current': 'Code actuel',
  'pin.new': 'Nouveau code',
  'pin.new.hint': 'De 4 à 12 chiffres.',
  'pin.new.wrong': 'De 4 à 12 chiffres, rien d’autre.',
  'pin.again': 'Le même, encore une fois',
  'pin.again.wrong': 'Les deux codes diffèrent.',
  'pin.minutes': 'Ouverte pendant (min)',
  'pin.minutes.hint': 'La console se verrouille d’elle-même ensuite.',
  'pin.minutes.wrong': 'Un nombre de 1 à 60.',
  'pin.set': 'Poser le code',
  'pin.change': 'Changer',
  'pin.remove': 'Enlever le code',
  'pin.saved': 'Le code du technicien est posé',
  'pin.removed': 'Le code du technicien est enlevé',
} as const
