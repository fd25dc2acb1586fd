export { renderPrint, type PrintInput } from './prints.ts'
export { incidentSentence, renderReport, reportCsv, reportJson, type ReportData } from './report.ts'
