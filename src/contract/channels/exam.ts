import { z } from 'zod'
import { type ServiceName, serviceNames } from '../events.ts'
import type { PreflightView } from '../views/index.ts'
import { command, ipv4Schema, macSchema, nothing, text } from './fields.ts'

export const examCommands = {
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
} as const
