// The exam system: an untouched live system with an overlay of ours, a second initrd made for each boot of each machine.

export { cpio } from './cpio.ts'
export { BootAccess, type BootAccessDeps } from './access.ts'
export { overlayFor, readOverlaySources, type ExamMachine, type OverlaySources } from './overlay.ts'
export { kernelWords, refusedWordIn } from './kernelWords.ts'
export { createExamRules, type ExamRulesStore } from './rules.ts'
export { agentRoutes, examBoot, guardedExamFiles, overlayPath, type ExamBoot } from './routes.ts'
