export { type BootPorts } from './describe.ts'
export { frameAround, readFrame, type Frame } from './frame.ts'
export { PacketJournal } from './packetJournal.ts'
export { Unheard } from './unheard.ts'
