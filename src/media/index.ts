export { MediaImports } from './imports.ts'
export { inspectProfile } from './inspect.ts'
export { readerHere, readerInThread, type MediaReader } from './reader.ts'
