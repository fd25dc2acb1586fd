export { kitFiles, kitSources, writeKit, type KitFile } from './kit.ts'
