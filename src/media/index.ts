export { MediaImports } from './imports.ts'
export { initramfsOf, inspectProfile, isLockable } from './inspect.ts'
export { readerHere, readerInThread, type MediaReader } from './reader.ts'
export { remembered } from './remembered.ts'
