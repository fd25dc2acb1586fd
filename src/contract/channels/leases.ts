import { z } from 'zod'
import {
  type LeaseFinding,
  type LeaseHistoryView,
  type LeasePage,
  type PoolView,
  type ReservationView,
  leaseViewStates,
} from '../views/index.ts'
import { command, ipv4Schema, macSchema, nothing, text, uuidSchema } from './fields.ts'

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

export const leaseHistorySchema = z.object({ address: ipv4Schema, mac: macSchema.optional() })

export const leasesCommands = {
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
  /** Who had the address, and where the machine was; at most fifty of each. */
  'lease.history': command<typeof leaseHistorySchema, LeaseHistoryView>(leaseHistorySchema),
  /** Never answers the machine again, whatever it has now. Harmless when it was so. */
  'lease.ban': command<typeof macSchema, void>(macSchema),
  'lease.unban': command<typeof macSchema, void>(macSchema),
  /** How long the answer took, in milliseconds; null when none came. */
  'lease.ping': command<typeof ipv4Schema, number | null>(ipv4Schema),
  /** Wakes a machine over the cable, if its card was told to listen: nothing answers. */
  'lease.wake': command<typeof macSchema, void>(macSchema),
  /** Opens the system's dialogue to save every lease as CSV; the path, or null when cancelled. */
  'lease.exportCsv': command<typeof nothing, string | null>(nothing),
} as const
