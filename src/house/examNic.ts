import type { NicView } from '../contract/index.ts'

export type ExamNicChange = 'gone' | 'back' | 'up' | 'down'

/** What happened to the exam's NIC between two looks at the machine; undefined when nothing that matters did. */
export function examNicChange(
  name: string,
  before: readonly NicView[],
  after: readonly NicView[],
): ExamNicChange | undefined {
  const was = before.find((nic) => nic.name === name)
  const is = after.find((nic) => nic.name === name)
  if (was && !is) return 'gone'
  if (!was && is && before.length > 0) return 'back'
  if (was && is && was.link !== is.link) return is.link === 'down' ? 'down' : 'up'
  return undefined
}
