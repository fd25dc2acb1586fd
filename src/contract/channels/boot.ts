import { z } from 'zod'
import {
  type BootFilesView,
  type BootProfileView,
  profilePurposes,
  profileSystems,
  winpeTasks,
} from '../views/index.ts'
import { bootPathSchema, command, id, nothing, text } from './fields.ts'

export const profileInputSchema = z.object({
  name: text(80)
    .transform((value) => value.trim())
    .pipe(z.string().min(1)),
  system: z.enum(profileSystems),
  /** What is usual for the system when absent. */
  purpose: z.enum(profilePurposes).optional(),
  kernel: z.union([bootPathSchema, z.literal('')]),
  initrds: z.array(bootPathSchema).max(16),
  /** `{server}` becomes the HTTP server's address (`http://192.168.60.1:8080`), `{mac}` the machine's MAC. */
  commandLine: text(2000).regex(/^[^\r\n]*$/),
  /** `none` when absent. */
  winpeTask: z.enum(winpeTasks).optional(),
})
export type ProfileInput = z.infer<typeof profileInputSchema>

export const bootCommands = {
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
} as const
