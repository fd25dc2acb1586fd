export { createBootDecider, type BootDeciderOptions } from './decider.ts'
export { createWinpeRoutes, type WindowsPackage } from './winpe/index.ts'
export { linkTestRoute } from './linkTest.ts'
export {
  firmwareTable,
  loaderNames,
  signedLoaders,
  signedTable,
  type Handout,
  type LoaderName,
  type UefiLoader,
} from './firmwareTable.ts'
export { createBootRoutes, type AgentDesk, type BootMenuDesk, type BootRoutesOptions } from './routes.ts'
export { scriptFiles } from './fileScripts.ts'
export { grubFiles } from './grubFiles.ts'
export { zerosFile } from './initrdsApart.ts'
export { isStartedByChain, programSigners } from './signature.ts'
export { createBootFiles, type BootFiles, type BootFilesOptions } from './bootFiles.ts'
export { createProfiles, type Profiles } from './profiles.ts'
export {
  checkProfile,
  type BootMenuChoices,
  type BootProfile,
  type BootSteps,
  type ExamWords,
  type ProfileFault,
} from './script.ts'
export * from './choice/index.ts'
export { kindsOf } from './kinds.ts'
export { cleanFacts, cleanText, cleanUuid, isPlaceholder, isPlaceholderUuid } from './facts.ts'
export { filePath, profileScriptPath, scriptPath } from './urls.ts'
