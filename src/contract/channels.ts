import { z } from 'zod'
import { serviceNames, type ServiceName } from './events.ts'
import { eventGroups } from './journalGroups.ts'
import type {
  AppInfo,
  BootFilesView,
  BootProfileView,
  ItemPage,
  ItemView,
  JournalEntry,
  LeaseFinding,
  LeasePage,
  PoolView,
  PreflightView,
  ReservationView,
  SettingsView,
  ViewUpdate,
} from './views.ts'
import { itemStates, itemTypes, languages, leaseViewStates, profileSystems, themes } from './views.ts'

// One map of channels: main, preload and the renderer derive their types from it, and main validates every
// argument with its schema before a service sees it.

const nothing = z.undefined()
const id = z.number().int().positive()
const text = (max: number) => z.string().max(max)

export const macSchema = z
  .string()
  .max(32)
  .transform((value) => value.trim().toLowerCase().replaceAll('-', ':'))
  .pipe(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/))

export const ipv4Schema = z.string().regex(/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/)

export const uuidSchema = z
  .string()
  .max(64)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().regex(/^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$/))

export const itemInputSchema = z.object({
  assetTag: text(64)
    .transform((value) => value.trim())
    .pipe(z.string().min(1)),
  type: z.enum(itemTypes),
  manufacturer: text(128),
  model: text(128),
  serial: text(128),
  macs: z.array(macSchema).max(16),
  uuid: uuidSchema,
  location: text(200),
  state: z.enum(itemStates),
  notes: text(4000),
})
export type ItemInput = z.infer<typeof itemInputSchema>

export const itemSortFields = ['assetTag', 'type', 'model', 'serial', 'location', 'state', 'updatedAt'] as const

export const itemQuerySchema = z.object({
  search: text(200),
  states: z.array(z.enum(itemStates)).max(itemStates.length),
  types: z.array(z.enum(itemTypes)).max(itemTypes.length),
  sort: z.enum(itemSortFields),
  descending: z.boolean(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type ItemQuery = z.infer<typeof itemQuerySchema>

/** A path below the boot-file folder: forward slashes, no empty, `.` or `..` part. */
export const bootPathSchema = text(255).regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^\\/\0]+(\/[^\\/\0]+)*$/)

export const profileInputSchema = z.object({
  name: text(80)
    .transform((value) => value.trim())
    .pipe(z.string().min(1)),
  system: z.enum(profileSystems),
  kernel: z.union([bootPathSchema, z.literal('')]),
  initrds: z.array(bootPathSchema).max(16),
  /** `{server}` becomes the HTTP server's address (`http://192.168.60.1:8080`), `{mac}` the machine's MAC. */
  commandLine: text(2000).regex(/^[^\r\n]*$/),
})
export type ProfileInput = z.infer<typeof profileInputSchema>

export const settingsInputSchema = z
  .object({
    language: z.enum(languages),
    theme: z.enum(themes),
    roomName: text(80),
    nic: text(255),
    poolStart: z.union([ipv4Schema, z.literal('')]),
    poolEnd: z.union([ipv4Schema, z.literal('')]),
    leaseSeconds: z
      .number()
      .int()
      .min(60)
      .max(30 * 86_400),
    httpPort: z.number().int().min(1).max(65_535),
    expectedMachines: z.number().int().min(0).max(2000),
  })
  .partial()
export type SettingsInput = z.infer<typeof settingsInputSchema>

export const journalQuerySchema = z.object({
  groups: z.array(z.enum(eventGroups)).max(eventGroups.length),
  mac: z.union([macSchema, z.literal('')]),
  search: text(200),
  /** Entries with an id below this one; 0 for the newest. */
  before: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type JournalQuery = z.infer<typeof journalQuerySchema>

export const leaseSortFields = ['address', 'machine', 'state', 'expiresAt', 'mac'] as const

const leaseFilterSchema = z.object({
  search: text(200),
  /** All of them when empty. */
  states: z.array(z.enum(leaseViewStates)).max(leaseViewStates.length),
  sort: z.enum(leaseSortFields),
  descending: z.boolean(),
})
export type LeaseFilter = z.infer<typeof leaseFilterSchema>

export const leaseQuerySchema = leaseFilterSchema.extend({
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
export type LeaseQuery = z.infer<typeof leaseQuerySchema>

export const leaseFindSchema = leaseFilterSchema.extend({ address: ipv4Schema })

/** For a machine that is told by its MAC, by its UUID or by either. */
export const reservationInputSchema = z
  .object({ address: ipv4Schema, mac: macSchema.optional(), uuid: uuidSchema.optional() })
  .refine(({ mac, uuid }) => Boolean(mac ?? uuid), { path: ['mac'] })

const command = <Input extends z.ZodType, Output>(input: Input) => ({ input, output: undefined as unknown as Output })

export const commands = {
  'app.info': command<typeof nothing, AppInfo>(nothing),
  /** Everything the screen needs to begin with; later changes come as pushes. */
  'view.snapshot': command<typeof nothing, ViewUpdate>(nothing),
  'settings.save': command<typeof settingsInputSchema, SettingsView>(settingsInputSchema),

  'nic.choose': command<z.ZodString, void>(text(255).min(1)),
  /** Gives the NIC an address it keeps until the exam stops; asks for the system's permission where needed. */
  'nic.setAddress': command<z.ZodType<{ nic: string; address: string; prefix: number }>, void>(
    z.object({ nic: text(255).min(1), address: ipv4Schema, prefix: z.number().int().min(8).max(30) }),
  ),

  'exam.preflight': command<typeof nothing, PreflightView>(nothing),
  /** `acceptWarnings`: go on although a check warns (another DHCP server was heard). Blocked checks still refuse. */
  'exam.start': command<z.ZodType<{ acceptWarnings: boolean }>, void>(z.object({ acceptWarnings: z.boolean() })),
  'exam.startDemo': command<typeof nothing, void>(nothing),
  'exam.stop': command<typeof nothing, void>(nothing),
  'exam.resume': command<typeof nothing, void>(nothing),
  'exam.discard': command<typeof nothing, void>(nothing),
  /** Tries a failed service again while the exam goes on. */
  'service.restart': command<z.ZodType<ServiceName>, void>(z.enum(serviceNames)),

  /** Which machine's panel is open: its detail is then part of the pushes. Null when none is. */
  'machine.watch': command<z.ZodType<string | null>, void>(z.union([macSchema, z.null()])),
  'machine.forget': command<typeof macSchema, void>(macSchema),

  'bootFiles.list': command<typeof nothing, BootFilesView>(nothing),
  /** Opens the system's file dialogue and copies what is chosen into the boot-file folder. */
  'bootFiles.add': command<typeof nothing, BootFilesView>(nothing),
  'bootFiles.remove': command<typeof bootPathSchema, BootFilesView>(bootPathSchema),
  'bootFiles.fetchLoaders': command<typeof nothing, BootFilesView>(nothing),
  'bootFiles.openFolder': command<typeof nothing, void>(nothing),

  'profile.add': command<typeof profileInputSchema, BootProfileView>(profileInputSchema),
  'profile.update': command<z.ZodType<{ id: number; profile: ProfileInput }>, BootProfileView>(
    z.object({ id, profile: profileInputSchema }),
  ),
  'profile.remove': command<typeof id, void>(id),
  'profile.makeDefault': command<typeof id, void>(id),

  'stock.list': command<typeof itemQuerySchema, ItemPage>(itemQuerySchema),
  'stock.get': command<typeof id, ItemView>(id),
  'stock.add': command<typeof itemInputSchema, ItemView>(itemInputSchema),
  'stock.update': command<z.ZodType<{ id: number; item: ItemInput }>, ItemView>(
    z.object({ id, item: itemInputSchema }),
  ),
  /** Takes an item off the shelf; `stock.restore` brings it back (undo). */
  'stock.remove': command<typeof id, void>(id),
  'stock.restore': command<typeof id, ItemView>(id),
  /** One click: an item made of what the machine's loader reported. */
  'stock.addFromMachine': command<typeof macSchema, ItemView>(macSchema),

  /** The leases of the network that an exam is held on, or of the chosen NIC's. */
  'lease.list': command<typeof leaseQuerySchema, LeasePage>(leaseQuerySchema),
  'lease.find': command<typeof leaseFindSchema, LeaseFinding>(leaseFindSchema),
  /** Null when no NIC with a suitable address is chosen. */
  'lease.pool': command<typeof nothing, PoolView | null>(nothing),
  /** Ends a lease, or lets an address that was declined be given again. It cannot be undone: the next one may have it. */
  'lease.free': command<typeof ipv4Schema, void>(ipv4Schema),
  /** Answers the reservation that the machine had before, which this one replaces: what undoes it. */
  'lease.reserve': command<typeof reservationInputSchema, ReservationView | null>(reservationInputSchema),
  /** Answers what was reserved there: what undoes it. */
  'lease.unreserve': command<typeof ipv4Schema, ReservationView>(ipv4Schema),
  /** Opens the system's dialogue to save every lease as CSV; the path, or null when cancelled. */
  'lease.exportCsv': command<typeof nothing, string | null>(nothing),

  'journal.list': command<typeof journalQuerySchema, JournalEntry[]>(journalQuerySchema),
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type CommandInput<Name extends CommandName> = z.input<Commands[Name]['input']>
export type CommandArgument<Name extends CommandName> = z.output<Commands[Name]['input']>
export type CommandOutput<Name extends CommandName> = Commands[Name]['output']
