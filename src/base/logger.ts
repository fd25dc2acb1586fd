/** What the services say to a maintainer, as against events, which are what they say to the technician. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** One that hands on what it is told, e.g. to another thread. */
export function loggerTo(
  tell: (level: keyof Logger, message: string, fields?: Record<string, unknown>) => void,
): Logger {
  const at =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) =>
      tell(level, message, fields)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
