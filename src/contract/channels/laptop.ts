import { z } from 'zod'
import type { PortView } from '../views/index.ts'
import { command, ipv4Schema, macSchema, nothing, text } from './fields.ts'

export const laptopCommands = {
  /** Lets an exam's ports in through that NIC until the exam stops; asks for the system's permission where needed. */
  'firewall.open': command<ReturnType<typeof text>, void>(text(255).min(1)),
  /** One echo request: milliseconds, or null when nobody answered within a second. */
  'tool.ping': command<typeof ipv4Schema, number | null>(ipv4Schema),
  /** Wakes a machine of the chosen NIC's network. */
  'tool.wake': command<typeof macSchema, void>(macSchema),
  /** Who holds the ports that a boot server needs. */
  'tool.ports': command<z.ZodUndefined, PortView[]>(nothing),
  /** Opens the system's dialogue to save a support bundle; the path, or null when cancelled. */
  'bundle.save': command<z.ZodType<{ keepsMacs: boolean }>, string | null>(z.object({ keepsMacs: z.boolean() })),
} as const
