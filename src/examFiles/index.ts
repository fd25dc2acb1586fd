export { exportZip } from './exportZip.ts'
export { allSeats, Papers, type PapersDeps, type SeatAtWork } from './papers.ts'
export { createPapersRoutes, type PapersRoutesDeps } from './routes.ts'
export type { Work } from './store.ts'
