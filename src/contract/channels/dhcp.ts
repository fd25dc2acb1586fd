import { z } from 'zod'
import {
  type DhcpExportView,
  type DhcpFault,
  type DhcpImportView,
  type KnownOptionView,
  type OptionValue,
  type SettingsView,
  bootpPolicies,
  dhcpModes,
  exportFormats,
  otherServerPolicies,
  unknownMachinePolicies,
} from '../views/index.ts'
import { command, ipv4Schema, macSchema, nothing, text } from './fields.ts'

const optionalIpv4 = z.union([ipv4Schema, z.literal('')])
const number = (min: number, max: number) => z.number().int().min(min).max(max)
/** An address, or two with a hyphen between them. */
const rangeSchema = text(40)
  .transform((value) => value.replace(/\s+/g, ''))
  .pipe(
    z.string().refine((value) => {
      const ends = value.split('-')
      return ends.length <= 2 && ends.every((end) => ipv4Schema.safeParse(end).success)
    }),
  )
const excludedSchema = z.array(rangeSchema).max(1000)
const longestLease = 30 * 86_400

export const optionValueSchema: z.ZodType<OptionValue, OptionValue> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('addresses'), addresses: z.array(ipv4Schema).min(1).max(60) }),
  z.object({ type: z.literal('text'), text: text(255).min(1) }),
  z.object({ type: z.literal('domains'), domains: z.array(text(253).min(1)).min(1).max(20) }),
  z.object({
    type: z.literal('numbers'),
    size: z.union([z.literal(1), z.literal(2), z.literal(4)]),
    signed: z.boolean(),
    numbers: z.array(z.number().int()).min(1).max(120),
  }),
  z.object({ type: z.literal('flag'), flag: z.boolean() }),
  z.object({ type: z.literal('bytes'), hex: text(510).regex(/^([0-9a-f]{2})+$/i) }),
])

export const optionChoiceSchema = z.object({
  code: number(1, 254),
  value: optionValueSchema,
  always: z.boolean().optional(),
})

export const subnetChoiceSchema = z.object({
  network: ipv4Schema,
  prefix: number(1, 30),
  poolStart: ipv4Schema,
  poolEnd: ipv4Schema,
  router: optionalIpv4,
  excluded: excludedSchema,
  leaseSeconds: number(10, longestLease).optional(),
  minLeaseSeconds: number(10, longestLease).optional(),
  maxLeaseSeconds: number(10, longestLease).optional(),
  dnsServers: z.array(ipv4Schema).max(8).optional(),
  domainName: text(253).optional(),
  options: z.array(optionChoiceSchema).max(100).optional(),
  quarantine: z.object({ start: ipv4Schema, end: ipv4Schema }).optional(),
})

/** The settings' part that is about DHCP; each holds by itself, all of them together only on a network (`dhcp.check`). */
export const dhcpChoiceFields = {
  dhcpMode: z.enum(dhcpModes),
  router: optionalIpv4,
  dnsServers: z.array(ipv4Schema).max(8),
  domainName: text(253),
  minLeaseSeconds: number(0, longestLease),
  maxLeaseSeconds: number(0, longestLease),
  excluded: excludedSchema,
  unknownMachines: z.enum(unknownMachinePolicies),
  quarantineStart: optionalIpv4,
  quarantineEnd: optionalIpv4,
  allow: z.array(macSchema).max(10_000),
  deny: z.array(macSchema).max(10_000),
  knownShare: number(0, 90),
  limitPerClient: number(0, 100_000),
  limitStrangers: number(0, 1_000_000),
  authoritative: z.boolean(),
  rapidCommit: z.boolean(),
  bootp: z.enum(bootpPolicies),
  probeAddresses: z.boolean(),
  otherServers: z.enum(otherServerPolicies),
  options: z.array(optionChoiceSchema).max(100),
  subnets: z.array(subnetChoiceSchema).max(100),
}

export const dhcpCheckSchema = z
  .object({
    ...dhcpChoiceFields,
    poolStart: optionalIpv4,
    poolEnd: optionalIpv4,
    leaseSeconds: number(60, longestLease),
  })
  .partial()

export const dhcpCommands = {
  /** What the service would say of the settings with these in their place; null when it would start, or no NIC is chosen. */
  'dhcp.check': command<typeof dhcpCheckSchema, DhcpFault | null>(dhcpCheckSchema),
  'dhcp.knownOptions': command<typeof nothing, KnownOptionView[]>(nothing),
  /** Opens the system's dialogue and reads a dhcpd.conf, changing nothing; null when cancelled. */
  'dhcp.importPreview': command<typeof nothing, DhcpImportView | null>(nothing),
  /** Takes what was previewed last; how many reservations came with it. */
  'dhcp.importApply': command<typeof nothing, { reservations: number; settings: SettingsView }>(nothing),
  /** Puts back what was there before the last import. */
  'dhcp.importUndo': command<typeof nothing, SettingsView>(nothing),
  /** Opens the system's dialogue to save the configuration for another program; null when cancelled. */
  'dhcp.export': command<z.ZodType<(typeof exportFormats)[number]>, DhcpExportView | null>(z.enum(exportFormats)),
} as const
