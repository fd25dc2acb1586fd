export { ExamStore, type ExamRecord } from './examStore.ts'
export { Journeys } from './journeys.ts'
export { ExamSession, type SessionDeps, type Venue } from './session.ts'
export { Supervisor, type SupervisedService } from './supervisor.ts'
