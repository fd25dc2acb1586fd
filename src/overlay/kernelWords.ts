/**
 * Drivers of what an exam does without: disks, sticks, cards, optical drives and other networks. The kernel refuses to load
 * them (Documentation/admin-guide/kernel-parameters.txt, `module_blacklist`), already in the initramfs.
 */
const modules = [
  ...['usb_storage', 'uas', 'sd_mod', 'sr_mod', 'ahci', 'ata_piix', 'nvme', 'mmc_block', 'virtio_blk', 'virtio_scsi'],
  ...[
    'firewire_sbp2',
    'thunderbolt',
    'nbd',
    'cfg80211',
    'mac80211',
    'bluetooth',
    'btusb',
    'wwan',
    'tun',
    'ppp_generic',
  ],
]

/**
 * What a profile's command line becomes for an exam. Candidates can read it: it holds nothing secret.
 *
 * The first words may be overruled by the profile's own, the last may not: of a word that is said twice the kernel takes
 * the last.
 */
export const kernelWords = {
  // The lock screen is read from where the invigilator stands: kernels of Debian, Ubuntu and Fedora have that font in them.
  first: ['quiet', 'loglevel=3', 'vt.global_cursor_default=0', 'fbcon=font:TER16x32'],
  last: [
    // The overlay's own programs go first, in the initramfs and in the system: where they are not, nothing starts.
    ...['rdinit=/amorce/init', 'init=/usr/lib/amorce/start'],
    // live-boot and casper: nothing is kept, nothing is read from a disk, the user of the live system is no administrator.
    ...['nopersistence', 'nopersistent', 'noresume', 'noroot', 'noeject', 'noprompt'],
    ...['systemd.gpt_auto=0', 'systemd.swap=0', 'systemd.debug_shell=0', 'fsck.mode=skip'],
    // An initramfs that cannot go on restarts: without this it opens a shell.
    ...['panic=10', 'rd.shell=0', 'rd.emergency=reboot'],
    // What is laid over a system of Fedora has no labels.
    'selinux=0',
    ...['ipv6.disable=1', 'sysctl.kernel.sysrq=0', 'lockdown=integrity'],
    `module_blacklist=${modules.join(',')}`,
  ],
} as const

/**
 * Words, as patterns of a shell, with which a command line gives a shell or starts something else than the exam. A profile
 * cannot have rules and one of these; a machine that was started with one, by a hand at its loader, says so and stops.
 */
export const refusedWords: readonly string[] = [
  ...[
    'init=*',
    'rdinit=*',
    'break',
    'break=*',
    'rd.break*',
    'rd.shell',
    'rd.shell=[!0]*',
    'rescue',
    'emergency',
    'single',
  ],
  ...[
    '-b',
    '-s',
    's',
    'S',
    '1',
    '2',
    '3',
    '4',
    '5',
    'systemd.unit=*',
    'rd.systemd.unit=*',
    'systemd.wants=*',
    'systemd.run*',
  ],
  ...['systemd.debug_shell', 'systemd.debug_shell=[!0]*', 'systemd.debug-shell*', 'systemd.mask=amorce*'],
  ...['systemd.set_credential*', 'systemd.setenv=*', 'hooks=*', 'live-config.hooks=*'],
]

/** The first word of a command line of a profile that an exam refuses. */
export const refusedWordIn = (commandLine: string): string | undefined =>
  commandLine.split(/\s+/).find((word) => refused.some((pattern) => pattern.test(word)))

const refused = refusedWords.map((pattern) => {
  const literal = pattern.replace(/[.+^$(){}|\\]/g, '\\$&')
  return new RegExp(`^${literal.replace(/\[!/g, '[^').replace(/\*/g, '.*')}$`)
})
