import { z } from 'zod'

// What every room's schemas are made of.

export const nothing = z.undefined()
export const id = z.number().int().positive()
export const text = (max: number) => z.string().max(max)

/** One channel: what it takes, validated by its schema, and what it answers. */
export const command = <Input extends z.ZodType, Output>(input: Input) => ({
  input,
  output: undefined as unknown as Output,
})

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

/** A path below the boot-file folder: forward slashes, no empty, `.` or `..` part. */
export const bootPathSchema = text(255).regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^\\/\0]+(\/[^\\/\0]+)*$/)

/** One that says something: without spaces around it. */
export const nameSchema = (max: number) =>
  text(max)
    .transform((value) => value.trim())
    .pipe(z.string().min(1))

/** `YYYY-MM-DD`, a day that exists. */
export const dateSchema = z.iso.date()
export const dateOrNothingSchema = z.union([z.literal(''), dateSchema])
