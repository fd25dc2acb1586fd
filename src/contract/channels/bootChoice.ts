import { z } from 'zod'
import {
  chainChoices,
  type BootChoicesView,
  type BootRuleTarget,
  type ChainChoice,
  type SeveralBootsView,
} from '../views/index.ts'
import type { Mac } from '../events.ts'
import { command, id, macSchema, nameSchema, text } from './fields.ts'

const targetSchema: z.ZodType<BootRuleTarget> = z.discriminatedUnion('scope', [
  z.object({ scope: z.literal('machine'), mac: macSchema }),
  z.object({ scope: z.literal('seat'), seatId: id }),
  z.object({ scope: z.literal('group'), sittingId: id, group: nameSchema(80) }),
  z.object({ scope: z.literal('room'), roomId: id }),
])

export const bootRuleSchema = z.object({
  target: targetSchema,
  /** Null: the boot menu. */
  profileId: z.union([id, z.null()]),
  once: z.boolean(),
})
export type BootRuleInput = z.infer<typeof bootRuleSchema>

/** For the machines where these candidates sit, written into the journal of their sitting. */
export const severalBootsSchema = z.object({
  sittingId: id,
  boots: z
    .array(z.object({ candidateId: id, profileId: z.union([id, z.null(), z.literal('none')]) }))
    .min(1)
    .max(2000),
  once: z.boolean(),
  who: text(80).transform((value) => value.trim()),
})
export type SeveralBootsInput = z.infer<typeof severalBootsSchema>

export const bootMenuSchema = z.object({
  timeoutSeconds: z.number().int().min(3).max(600),
  /** Empty: none. Absent: the one that there is. Letters and digits: machines' keyboards are told apart by nobody. */
  code: z.union([z.literal(''), text(32).regex(/^[A-Za-z0-9]{4,32}$/)]).optional(),
})
export type BootMenuInput = z.infer<typeof bootMenuSchema>

export const bootChoiceCommands = {
  /** In place of the rule of that target for as many boots. */
  'bootRule.set': command<typeof bootRuleSchema, BootChoicesView>(bootRuleSchema),
  'bootRule.remove': command<typeof id, BootChoicesView>(id),
  /** All of them or none. */
  'bootRule.setSeveral': command<typeof severalBootsSchema, SeveralBootsView>(severalBootsSchema),
  'bootMenu.save': command<typeof bootMenuSchema, BootChoicesView>(bootMenuSchema),
  'bootChain.choose': command<z.ZodType<{ mac: Mac; choice: ChainChoice }>, void>(
    z.object({ mac: macSchema, choice: z.enum(chainChoices) }),
  ),
} as const
