export { resolveBoot, type AskedBoot, type BootDecision, type BootSituation } from './resolve.ts'
export { createBootRules, type BootRules, type MachinePlace } from './rules.ts'
export { createBootMenu, type BootMenu } from './menu.ts'
export { createChains, type Chains } from './chains.ts'
