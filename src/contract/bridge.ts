import type { CommandInput, CommandName, CommandOutput } from './channels/index.ts'
import type { WireError } from './errors.ts'
import type { ViewUpdate } from './views/index.ts'

// Apart from the channels so that the sandboxed preload, which needs only these, carries no schema library.

/** How every reply crosses the IPC. */
export type Reply<Output> = { ok: true; value: Output } | { ok: false; error: WireError }

/** The IPC channel names: one for commands, one for pushes. */
export const commandChannel = 'amorce:command'
export const updateChannel = 'amorce:update'

/** What the preload puts on `window.amorce`. */
export interface AmorceBridge {
  call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Reply<CommandOutput<Name>>>
  /** Where a file or folder is that was dropped on the window; empty when it is nowhere on the disk. */
  pathOf(file: unknown): string
  /** Returns its unsubscribe. */
  onUpdate(listener: (update: ViewUpdate) => void): () => void
}
