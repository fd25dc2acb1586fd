export { Journal } from './journal.ts'
export {
  runPreflight,
  simulatedPreflight,
  worstVerdict,
  type PortToBind,
  type PreflightFacts,
  type PreflightRequest,
} from './preflight.ts'
