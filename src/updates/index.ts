export { installationOf, type Installation, type InstallationFacts } from './installation.ts'
export { fileFor, mustBeNewer } from './manifest.ts'
export { readStick, takeFile } from './stick.ts'
export { Updates } from './updates.ts'
