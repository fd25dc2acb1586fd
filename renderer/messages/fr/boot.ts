export const boot = {
  'settings.section.boot': 'Choix du démarrage',
  'boot.section': 'Prochain démarrage',
  'boot.intro':
    'Ce que chaque poste démarre : la règle du poste passe avant celle de la place, puis du groupe de candidats, de l’épreuve, de la salle, et enfin le profil par défaut. Après l’épreuve, chaque poste revient de lui-même à son disque.',
  'boot.none': 'Aucune règle : chaque poste démarre le profil de l’épreuve, sinon le profil par défaut.',
  'boot.add': 'Ajouter une règle',
  'boot.scope': 'Pour',
  'boot.what': 'Démarre',
  'boot.often': 'Pour combien de démarrages',
  'boot.once': 'Prochain démarrage',
  'boot.always': 'Toujours',
  'boot.used': { one: 'Une fois · {count} poste servi', other: 'Une fois · {count} postes servis' },
  'boot.remove': 'Retirer la règle',
  'boot.menu': 'Menu de démarrage',
  'boot.choose': 'Choisir…',
  'boot.option': '{name} ({purpose})',
  'boot.forThis': 'Pour ce poste',
  'boot.apply': 'Appliquer',
  'boot.set': 'Règle enregistrée pour ce poste',
  'boot.setSeveral': {
    one: 'Démarrage choisi pour {count} poste',
    other: 'Démarrage choisi pour {count} postes',
  },
  'boot.clear': 'Revenir à la règle générale',
  'boot.overruled': '{rule} disait « {profile} » : une règle plus précise passe avant.',
  'boot.reason.over': '{rule} demande « {over} », mais l’épreuve est finie : retour au disque.',
  'boot.reason.menu': '{rule} : le poste affiche le menu, et démarre ceci si personne ne choisit.',
  'boot.reason.once': '{rule}, pour ce démarrage seulement',
  'boot.noTarget.room': 'Aucune salle encore : dessinez-en une dans Épreuves, onglet Salles.',
  'boot.noTarget.seat': 'Aucune place encore : dessinez une salle dans Épreuves, onglet Salles.',
  'boot.noTarget.group': 'Aucun groupe de candidats : donnez-en un aux candidats d’une épreuve.',

  'bootScope.machine': 'Poste',
  'bootScope.seat': 'Place',
  'bootScope.group': 'Groupe',
  'bootScope.room': 'Salle',
  'bootScope.machine.of': '[{seat} · ]{mac}',
  'bootScope.seat.of': '{seat} ({room})',
  'bootScope.group.of': '{group} · {sitting}',
  'bootScope.room.of': '{room}',

  'bootRule.machine': 'Règle de ce poste',
  'bootRule.seat': 'Règle de la place',
  'bootRule.group': 'Règle du groupe de candidats',
  'bootRule.sitting': 'Profil de l’épreuve',
  'bootRule.room': 'Règle de la salle',
  'bootRule.default': 'Profil par défaut',

  'profiles.field.purpose': 'Usage',
  'profiles.hint.purpose':
    'Un profil d’examen n’est plus démarré une fois l’épreuve finie. « Disque du poste » pour un examen est un Windows que le kit de préparation verrouille.',
  'profilePurpose.exam': 'examen',
  'profilePurpose.everyday': 'tous les jours',
  'profilePurpose.maintenance': 'maintenance',

  'profiles.field.winpeTask': 'Tâche dans Windows PE',
  'profiles.hint.winpeTask':
    'Faite sans personne devant le poste, sur le Windows de son disque. « Préparer » y pose le dernier paquet fait dans Réglages, Windows installé.',
  'winpeTask.none': 'Aucune : invite de commandes',
  'winpeTask.prepare': 'Préparer le Windows du poste',
  'winpeTask.undo': 'Défaire la préparation',
  'winpeResult.done': 'fait ; Windows termine à son prochain démarrage',
  'winpeResult.failed': 'échec, dit sur l’écran du poste',
  'winpeResult.noWindows':
    'aucun Windows lisible sur ce poste. S’il est chiffré par BitLocker, préparez-le depuis Windows, avec Install.ps1.',
  'winpeResult.severalWindows':
    'plusieurs Windows sur ce poste : rien n’a été choisi. Lancez deploy.cmd à la main, avec la lettre du bon.',
  'winpeResult.damaged': 'paquet abîmé en chemin, rien n’a été écrit. Refaites démarrer le poste.',
  'winpeResult.notWritten':
    'le disque n’a pas pu être écrit. Éteignez le Windows par « Redémarrer », puis recommencez.',
  'winpeResult.noPackage': 'pas de paquet valable sur ce portable : faites-le dans Réglages, Windows installé.',
  'winpeResult.nothingThere': 'ce Windows n’avait pas été préparé.',

  'bootMenu.intro':
    'Là où une règle demande le menu, le poste propose les profils. Le code est vérifié par ce portable : il n’est ni dans le script, ni en clair dans les données.',
  'bootMenu.timeout': 'Attente (secondes)',
  'bootMenu.timeout.hint': 'Puis le poste démarre ce que dit la règle suivante.',
  'bootMenu.code': 'Code du technicien',
  'bootMenu.code.kept': 'Un code est demandé. Laissez vide pour le garder.',
  'bootMenu.code.none': 'Sans code, chacun peut choisir. Avec, il est demandé pour tout autre choix.',
  'bootMenu.code.wrong': '4 à 32 lettres sans accent ou chiffres : le clavier du poste peut être américain.',
  'bootMenu.code.remove': 'Ne plus demander de code',

  'chain.label': 'Secure Boot',
  'chain.isSigned': 'Ce poste reçoit la chaîne signée (shim et GRUB de Debian).',
  'chain.isPlain': 'Ce poste reçoit iPXE, que Secure Boot refuse. La chaîne signée suit seule au premier refus.',
  'chainChoice.auto': 'Automatique',
  'chainChoice.signed': 'Toujours la chaîne signée',
  'chainChoice.plain': 'Jamais la chaîne signée',
  'chainLimit.unsignedKernel':
    'Le noyau de ce profil ne porte aucune signature : Secure Boot le refusera. Prenez un noyau signé par Debian, ou désactivez Secure Boot.',
  'chainLimit.windows':
    'wimboot n’est signé par personne : ce profil ne démarre pas tant que Secure Boot est actif. Désactivez-le dans le BIOS.',
  'chainLimit.menu': 'Le menu de la chaîne signée ne peut pas demander le code : les choix protégés n’y sont pas.',
  'chainLimit.httpBoot':
    'Ce poste démarre par HTTP, où la chaîne signée ne va pas jusqu’au bout : mettez le démarrage PXE dans son BIOS.',
  'chainLimit.missing': 'Les chargeurs signés manquent : récupérez-les dans Réglages, Fichiers d’amorçage.',
} as const
