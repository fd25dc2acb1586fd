import { z } from 'zod'
import { tftpClientActions, tftpClientModes } from '../views/index.ts'
import { command, nothing, text } from './fields.ts'

export const tftpRequestSchema = z.object({
  action: z.enum(tftpClientActions),
  /** An IPv4 address or a name. */
  host: text(253)
    .transform((value) => value.trim())
    .pipe(
      z
        .string()
        .min(1)
        .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/),
    ),
  port: z.number().int().min(1).max(65_535),
  /** As the server calls it. */
  file: text(400)
    .transform((value) => value.trim())
    .pipe(
      z
        .string()
        .min(1)
        .regex(/^[^\0]+$/),
    ),
  mode: z.enum(tftpClientModes),
  /** Bytes; 512 is the protocol's own and is not asked for. */
  blockSize: z.number().int().min(8).max(65_464),
  windowSize: z.number().int().min(1).max(64),
  /** Seconds until a packet is sent again; 0 leaves it to the round trip, and asks for nothing. */
  timeoutSeconds: z.number().int().min(0).max(255),
  /** Whether the size is asked for, or told. */
  askSize: z.boolean(),
  /** The NIC it leaves by; empty for the one the system chooses. */
  nic: text(255),
})
export type TftpRequest = z.infer<typeof tftpRequestSchema>

export const tftpClientCommands = {
  /**
   * Opens the system's dialogue for the file on this machine, then begins. False when the dialogue was cancelled.
   * How it goes on is told by the view.
   */
  'tftpClient.start': command<typeof tftpRequestSchema, boolean>(tftpRequestSchema),
  'tftpClient.cancel': command<typeof nothing, void>(nothing),
} as const
