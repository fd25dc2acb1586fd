export const boot = {
  'settings.section.boot': 'Boot choice',
  'boot.section': 'Next boot',
  'boot.intro':
    'What each machine boots: the machine’s rule comes before the seat’s, then that of the group of candidates, of the sitting, of the room, and last the default profile. After the exam every machine goes back to its disk by itself.',
  'boot.none': 'No rule: each machine boots the sitting’s profile, else the default one.',
  'boot.add': 'Add a rule',
  'boot.scope': 'For',
  'boot.what': 'Boots',
  'boot.often': 'For how many boots',
  'boot.once': 'Next boot',
  'boot.always': 'Always',
  'boot.used': { one: 'Once · {count} machine served', other: 'Once · {count} machines served' },
  'boot.remove': 'Remove the rule',
  'boot.menu': 'Boot menu',
  'boot.choose': 'Choose…',
  'boot.option': '{name} ({purpose})',
  'boot.forThis': 'For this machine',
  'boot.apply': 'Apply',
  'boot.set': 'Rule saved for this machine',
  'boot.setSeveral': {
    one: 'Boot chosen for {count} machine',
    other: 'Boot chosen for {count} machines',
  },
  'boot.clear': 'Back to the general rule',
  'boot.overruled': '{rule} said “{profile}”: a more particular rule comes before it.',
  'boot.reason.over': '{rule} asks for “{over}”, but the exam is over: back to the disk.',
  'boot.reason.menu': '{rule}: the machine shows the menu, and boots this if nobody chooses.',
  'boot.reason.once': '{rule}, for this boot only',
  'boot.noTarget.room': 'No room yet: draw one in Exams, tab Rooms.',
  'boot.noTarget.seat': 'No seat yet: draw a room in Exams, tab Rooms.',
  'boot.noTarget.group': 'No group of candidates: give the candidates of a sitting one.',

  'bootScope.machine': 'Machine',
  'bootScope.seat': 'Seat',
  'bootScope.group': 'Group',
  'bootScope.room': 'Room',
  'bootScope.machine.of': '[{seat} · ]{mac}',
  'bootScope.seat.of': '{seat} ({room})',
  'bootScope.group.of': '{group} · {sitting}',
  'bootScope.room.of': '{room}',

  'bootRule.machine': 'This machine’s rule',
  'bootRule.seat': 'The seat’s rule',
  'bootRule.group': 'The rule of the group of candidates',
  'bootRule.sitting': 'The sitting’s profile',
  'bootRule.room': 'The room’s rule',
  'bootRule.default': 'The default profile',

  'profiles.field.purpose': 'Purpose',
  'profiles.hint.purpose':
    'A profile for exams is not booted any more once the exam is over. “The machine’s disk” for an exam is a Windows that the preparation kit locks.',
  'profilePurpose.exam': 'exam',
  'profilePurpose.everyday': 'every day',
  'profilePurpose.maintenance': 'maintenance',

  'profiles.field.winpeTask': 'Task in Windows PE',
  'profiles.hint.winpeTask':
    'Done with nobody at the machine, to the Windows on its disk. “Prepare” lays the last package made in Settings, Installed Windows.',
  'winpeTask.none': 'None: a command prompt',
  'winpeTask.prepare': 'Prepare the machine’s Windows',
  'winpeTask.undo': 'Undo the preparation',
  'winpeResult.done': 'done; Windows finishes it at its next start',
  'winpeResult.failed': 'failed, as its screen says',
  'winpeResult.noWindows':
    'no Windows that can be read on this machine. If BitLocker encrypts it, prepare it from Windows, with Install.ps1.',
  'winpeResult.severalWindows':
    'several Windows on this machine: none was chosen. Run deploy.cmd by hand, with the letter of the right one.',
  'winpeResult.damaged': 'the package was damaged on its way, nothing was written. Boot the machine again.',
  'winpeResult.notWritten': 'the disk could not be written to. Leave its Windows by “Restart”, then try again.',
  'winpeResult.noPackage': 'no valid package on this laptop: make it in Settings, Installed Windows.',
  'winpeResult.nothingThere': 'this Windows had not been prepared.',

  'bootMenu.intro':
    'Where a rule asks for the menu, the machine offers the profiles. The code is checked by this laptop: it is neither in the script nor readable in the data.',
  'bootMenu.timeout': 'Wait (seconds)',
  'bootMenu.timeout.hint': 'Then the machine boots what the next rule says.',
  'bootMenu.code': 'Technician’s code',
  'bootMenu.code.kept': 'A code is asked for. Leave this empty to keep it.',
  'bootMenu.code.none': 'Without a code anybody may choose. With one, it is asked for any other choice.',
  'bootMenu.code.wrong': '4 to 32 letters without accents, or digits: the machine’s keyboard may be American.',
  'bootMenu.code.remove': 'Stop asking for a code',

  'chain.label': 'Secure Boot',
  'chain.isSigned': 'This machine gets the signed chain (Debian’s shim and GRUB).',
  'chain.isPlain':
    'This machine gets iPXE, which Secure Boot refuses. The signed chain follows by itself at the first refusal.',
  'chainChoice.auto': 'Automatic',
  'chainChoice.signed': 'Always the signed chain',
  'chainChoice.plain': 'Never the signed chain',
  'chainLimit.unsignedKernel':
    'This profile’s kernel carries no signature: Secure Boot will refuse it. Take a kernel that Debian signed, or turn Secure Boot off.',
  'chainLimit.windows':
    'Nobody signs wimboot: this profile does not start while Secure Boot is on. Turn it off in the BIOS.',
  'chainLimit.menu': 'The menu of the signed chain cannot ask for the code: the protected choices are not in it.',
  'chainLimit.httpBoot':
    'This machine boots by HTTP, where the signed chain does not get to its end: choose PXE in its BIOS.',
  'chainLimit.missing': 'The signed loaders are missing: fetch them in Settings, Boot files.',
} as const
