import type { Logger } from '../base/index.ts'
import { CodedError, commands, toWireError, type CommandName, type Reply } from '../contract/index.ts'
import type { House } from '../house/index.ts'

/** What asks for the technician's PIN. */
type Gate = Pick<House['pin'], 'mustAllow'>

/**
 * Runs one command of the screen: finds it by name, checks its argument by its schema, asks whether the technician's PIN keeps it and answers in a form that crosses
 * the IPC. Never throws: what a page sends is not to be trusted more than what the network sends.
 */
export async function answerCommand(
  { commands: handlers, pin }: { commands: House['commands']; pin: Gate },
  name: unknown,
  input: unknown,
  logger: Logger,
): Promise<Reply<unknown>> {
  try {
    const command = commandNamed(name)
    return { ok: true, value: await run(handlers, pin, command, input) }
  } catch (error) {
    const wire = toWireError(error)
    if (wire.code === 'internal')
      logger.error('command failed', { name, error: error instanceof Error ? error.stack : String(error) })
    return { ok: false, error: wire }
  }
}

/** Own keys only: `__proto__` and `constructor` are names of no command. */
function commandNamed(name: unknown): CommandName {
  if (typeof name === 'string' && Object.hasOwn(commands, name)) return name as CommandName
  throw new CodedError('input.invalid', 'there is no such command')
}

async function run(handlers: House['commands'], pin: Gate, name: CommandName, input: unknown): Promise<unknown> {
  const parsed = commands[name].input.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new CodedError('input.invalid', `${name}: ${issue?.message ?? 'invalid'}`, {
      field: issue?.path.join('.') ?? '',
    })
  }
  pin.mustAllow(name, parsed.data)
  // The schema of the same name has just accepted the argument, which the type of the union cannot say.
  const handler = handlers[name] as (argument: unknown) => unknown
  return await handler(parsed.data)
}
