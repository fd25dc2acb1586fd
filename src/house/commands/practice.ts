import { CodedError, type practiceCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Data made up to practise on. */
export const practiceHandlers = ({ desktop, info, session }: CommandDeps): HandlersOf<typeof practiceCommands> => ({
  'practice.begin': () => {
    if (session.running) throw new CodedError('exam.alreadyRunning', 'an exam is running', {})
    if (!info.practice) desktop.practise(true)
  },
  'practice.end': () => {
    // The simulated room goes with the data that it was held on; a real exam must be stopped by a person.
    if (session.running && !session.venue?.simulated)
      throw new CodedError('exam.alreadyRunning', 'a real exam is running', {})
    if (info.practice) desktop.practise(false)
  },
})
