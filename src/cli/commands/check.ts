import { check } from '../check.ts'
import { exitCodes } from '../table.ts'
import type { Command } from '../task.ts'
import { cliWords } from '../words.ts'

/** `amorce check <file>`: what would be taken from a dhcpd.conf. */
export const checkFile: Command = ({ arguments: { operands }, language, world, json }) => {
  const [file = ''] = operands
  const words = cliWords[language]
  let bytes: Uint8Array
  try {
    bytes = world.readFile(file)
  } catch (error) {
    world.err(`${words.cannotRead(file, error instanceof Error ? error.message : String(error))}\n`)
    return exitCodes.misused
  }
  const result = check(file, bytes, words, json)
  if (result.out) world.out(result.out)
  if (result.err) world.err(result.err)
  return result.code
}
