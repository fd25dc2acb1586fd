export { exportZip } from './exportZip.ts'
export { allSeats, Papers, type AgentFolder, type AgentPapers, type PapersDeps, type SeatAtWork } from './papers.ts'
export { createPapersRoutes, type PapersRoutesDeps } from './routes.ts'
export type { Subject, Work } from './store.ts'
