import type { CommandName } from './channels/index.ts'

/**
 * What the technician's PIN guards: whether an exam starts or ends, and the settings, with whatever else decides what machines
 * boot. The stock, the sitting and its candidates are other people's work, and stay open.
 */
export const guardedCommands: ReadonlySet<CommandName> = new Set<CommandName>([
  ...(['exam.start', 'exam.startDemo', 'exam.stop', 'exam.resume', 'exam.discard', 'service.restart'] as const),
  ...(['settings.save', 'nic.choose', 'nic.setAddress', 'firewall.open', 'lease.ban', 'lease.unban'] as const),
  ...(['dhcp.importApply', 'dhcp.importUndo', 'practice.begin', 'practice.end'] as const),
  ...([
    'profile.add',
    'profile.update',
    'profile.remove',
    'profile.makeDefault',
    'examRules.set',
    'examRules.setOfSitting',
    'media.take',
  ] as const),
  ...(['bootFiles.add', 'bootFiles.remove', 'bootFiles.fetchLoaders'] as const),
  ...(['update.install', 'update.rollBack'] as const),
  ...([
    'bootMenu.save',
    'bootRule.set',
    'bootRule.setSeveral',
    'bootRule.remove',
    'bootChain.choose',
    'backup.restore',
  ] as const),
])

/** How the console looks is nobody's secret, and whoever takes it over gives their own name. */
const openSettings: ReadonlySet<string> = new Set(['language', 'theme', 'guideDone', 'invigilator', 'planZooms'])

/** @param argument as its schema has accepted it */
export const isGuarded = (name: CommandName, argument: unknown): boolean =>
  guardedCommands.has(name) &&
  !(name === 'settings.save' && Object.keys(argument as object).every((key) => openSettings.has(key)))
