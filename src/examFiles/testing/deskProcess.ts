import { openDesk } from './desk.ts'

// Exam papers in a process of its own, to be killed: `node deskProcess.cjs <folder>`. Says its port.

const [, , folder = ''] = process.argv
void openDesk(folder).then(({ port }) => process.stdout.write(`${port}\n`))
