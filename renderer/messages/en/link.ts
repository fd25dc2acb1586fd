import type { link as french } from '../fr/link.ts'

/** A machine's cable, and who made its network card. */
export const link: Record<keyof typeof french, string> = {
  'machine.section.link': 'Cable',
  'machine.fact.card': 'Network card',
  'link.measured': '{speed}, measured {ago}',
  'link.none': 'Not measured during this boot.',
  'link.slow': 'That is what a link of 100 Mb/s or less gives: change the cord, then try another port of the switch.',
  'link.awaited': 'Asked for: it is done at the machine’s next sign of life, at the latest when it boots next.',
  'link.measure': 'Measure the speed',
  'tool.vendor': 'Who made a network card',
  'tool.vendor.mac': 'MAC address',
  'tool.vendor.do': 'Look up',
  'tool.vendor.local': 'An address given locally: a virtual machine’s, or one chosen at random or by hand.',
  'tool.vendor.unknown': 'That maker is not in the registry.',
  'tool.vendor.registry': 'IEEE’s registry of {date}, which came with Amorce.',
  'tool.vendor.noRegistry': 'Without a registry: virtual machines alone are told.',
}
