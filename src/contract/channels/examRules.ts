import { z } from 'zod'
import { kioskKinds, type ExamRules } from '../views/index.ts'
import { command, id, nothing, text } from './fields.ts'

const address = String.raw`(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}`
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'

/** An IPv4 address, or a network of at least eight bits. */
export const addressOrNetworkSchema = z.string().regex(new RegExp(String.raw`^${address}(\/([89]|[12]\d|3[0-2]))?$`))
/** One that is no address by mistake: its last part has a letter. */
const hostNameSchema = z
  .string()
  .max(253)
  .regex(new RegExp(String.raw`^(${label}\.)*(?=[^.]*[a-z])${label}$`))

/** One on the whitelist, as a person gives it: `moodle.univ.fr`, `moodle.univ.fr:443`, `10.2.0.0/16:80,443`. */
export const allowedInputSchema = z.object({
  host: text(253)
    .transform((value) => value.trim().toLowerCase())
    .pipe(z.union([addressOrNetworkSchema, hostNameSchema])),
  ports: z.array(z.number().int().min(1).max(65535)).min(1).max(8),
})
export type AllowedInput = z.infer<typeof allowedInputSchema>

/** What goes into a script of the exam system: no blank, no quote, nothing that a shell would see. */
const programName = z.string().regex(/^[A-Za-z0-9][\w.+-]{0,63}$/)
const pageAddress = z
  .string()
  .max(500)
  .regex(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[\w.~!&()*+,;=:@%/?#-]*)?$/)

export const examRulesInputSchema = z
  .object({
    kiosk: z.enum(kioskKinds),
    url: z.union([z.literal(''), pageAddress]),
    applications: z.array(programName).max(20),
    allowed: z.array(allowedInputSchema).max(50),
    offline: z.boolean(),
    terminal: z.boolean(),
    lockUntilStart: z.boolean(),
    lockAtEnd: z.boolean(),
    autosaveMinutes: z.number().int().min(0).max(120),
    homeMb: z.number().int().min(32).max(16384),
    keyboard: z.string().regex(/^[a-z]{2,8}(\([\w-]{1,20}\))?$/),
  })
  .refine(({ kiosk, url }) => kiosk !== 'address' || url !== '', { path: ['url'], params: { reason: 'needed' } })
  .refine(({ kiosk, applications }) => kiosk !== 'applications' || applications.length > 0, {
    path: ['applications'],
    params: { reason: 'needed' },
  })
  // A page needs its server.
  .refine(({ kiosk, offline }) => kiosk === 'applications' || !offline, { path: ['offline'] })
export type ExamRulesInput = z.output<typeof examRulesInputSchema>

export const examRulesCommands = {
  /** null for a profile that boots its system as it is. */
  'examRules.get': command<typeof id, ExamRules | null>(id),
  /**
   * Looks the names of the whitelist up; null makes the profile boot its system as it is again.
   * Fails with `examRules.hostUnknown` (`details: { host }`), `examRules.notLinux`,
   * `examRules.opensMachine` (`details: { profile, word }`), `boot.profileInvalid`.
   */
  'examRules.set': command<z.ZodType<{ profileId: number; rules: ExamRulesInput | null }>, ExamRules | null>(
    z.object({ profileId: id, rules: examRulesInputSchema.nullable() }),
  ),
  /** null for a sitting that is held by the rules of its profile. */
  'examRules.ofSitting': command<typeof id, ExamRules | null>(id),
  /** From the next boot of each of its machines on. Fails with `examRules.hostUnknown`, `sitting.wrongState`. */
  'examRules.setOfSitting': command<
    z.ZodType<{ sittingId: number; rules: ExamRulesInput | null; who: string }>,
    ExamRules | null
  >(z.object({ sittingId: id, rules: examRulesInputSchema.nullable(), who: text(80) })),
  /** The profiles that have rules. */
  'examRules.profiles': command<typeof nothing, number[]>(nothing),
} as const
