import { first } from './001-first.ts'
import { papers } from './003-papers.ts'
import { examDay } from './023-exam-day.ts'
import { leaseHistory } from './002-lease-history.ts'
import { leaseJournal } from './003-lease-journal.ts'
import { stockMore } from './024-stock-more.ts'
import { stock } from './005-stock.ts'
import { sittings } from './007-sittings.ts'
import { exchange } from './006-exchange.ts'
import { examRules } from './021-exam-rules.ts'
import { sittingRules } from './027-sitting-rules.ts'
import { bootChoice } from './022-boot-choice.ts'
import { stockStates } from './025-stock-states.ts'
import { winpeTask } from './026-winpe-task.ts'
import { stockScale } from './028-stock-scale.ts'
import { finderScale } from './029-finder-scale.ts'
import { wipeProof } from './031-wipe-proof.ts'
import { customValues } from './030-custom-values.ts'
import { listsByWords } from './032-lists-by-words.ts'
import { referenceImports } from './033-reference-imports.ts'

/** In order; the schema version of a file is how many of them it has been through. Never edit one that was released. */
export const migrations: readonly { name: string; sql: string }[] = [
  { name: '001-first', sql: first },
  { name: '003-lease-journal', sql: leaseJournal },
  { name: '005-stock', sql: stock },
  { name: '007-sittings', sql: sittings },
  { name: '003-papers', sql: papers },
  { name: '006-exchange', sql: exchange },
  { name: '002-lease-history', sql: leaseHistory },
  { name: '024-stock-more', sql: stockMore },
  { name: '021-exam-rules', sql: examRules },
  { name: '023-exam-day', sql: examDay },
  { name: '022-boot-choice', sql: bootChoice },
  { name: '025-stock-states', sql: stockStates },
  { name: '026-winpe-task', sql: winpeTask },
  { name: '027-sitting-rules', sql: sittingRules },
  { name: '028-stock-scale', sql: stockScale },
  { name: '029-finder-scale', sql: finderScale },
  { name: '031-wipe-proof', sql: wipeProof },
  { name: '030-custom-values', sql: customValues },
  { name: '032-lists-by-words', sql: listsByWords },
  { name: '033-reference-imports', sql: referenceImports },
]
