import { z } from 'zod'
import { type AppInfo, type SettingsView, type ViewUpdate, languages, planSizes, themes } from '../views/index.ts'
import { dhcpChoiceFields } from './dhcp.ts'
import { command, ipv4Schema, nothing, text } from './fields.ts'
import { windowsKitSchema } from './windowsKit.ts'

export const settingsInputSchema = z
  .object({
    language: z.enum(languages),
    theme: z.enum(themes),
    guideDone: z.boolean(),
    roomName: text(80),
    planZooms: z.record(z.string().regex(/^\d+$/), z.enum(planSizes)),
    invigilator: text(80),
    roomId: z.number().int().min(0),
    nic: text(255),
    poolStart: z.union([ipv4Schema, z.literal('')]),
    poolEnd: z.union([ipv4Schema, z.literal('')]),
    leaseSeconds: z
      .number()
      .int()
      .min(60)
      .max(30 * 86_400),
    httpPort: z.number().int().min(1).max(65_535),
    httpsPort: z.number().int().min(0).max(65_535),
    tftpSinglePort: z.boolean(),
    tftpMaxBlockSize: z.number().int().min(512).max(65_464),
    tftpUploads: z.boolean(),
    tftpUploadMaxMb: z.number().int().min(1).max(4096),
    tftpUploadMaxFiles: z.number().int().min(1).max(10_000),
    /** Who works at this console, as the stock's history calls them. */
    technician: text(80),
    stockNotifications: z.boolean(),
    incidentAlerts: z.boolean(),
    retentionDays: z.number().int().min(0).max(3650),
    /** The package for installed Windows that was made last: what Windows PE lays by itself. */
    windowsKit: windowsKitSchema.nullable(),
    expectedMachines: z.number().int().min(0).max(2000),
    ...dhcpChoiceFields,
  })
  .partial()
export type SettingsInput = z.infer<typeof settingsInputSchema>

export const appCommands = {
  'app.info': command<typeof nothing, AppInfo>(nothing),
  /** Everything the screen needs to begin with; later changes come as pushes. */
  'view.snapshot': command<typeof nothing, ViewUpdate>(nothing),
  'settings.save': command<typeof settingsInputSchema, SettingsView>(settingsInputSchema),
} as const
