import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CodedError, labelFormatIds, mostLabels, type labelsCommands } from '../../contract/index.ts'
import { labelFormats, layOutLabels, renderLabels } from '../../paper/index.ts'
import { labelSubjects } from '../labelSubjects.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Labels of what a list of the stock shows: items, consumables, places. */
export const labelsHandlers = ({ rooms, desktop, clock }: CommandDeps): HandlersOf<typeof labelsCommands> => ({
  'labels.formats': () => labelFormatIds.map((id) => ({ id, ...labelFormats[id] })),
  'labels.preview': ({ design, source }) => {
    const { columns, rows, isRoll } = labelFormats[design.format]
    const places = columns * rows
    const { subjects, total } = labelSubjects(source, design.lines, rooms, places)
    const labels = Math.min(total, mostLabels)
    const skipped = isRoll ? 0 : design.skip % places
    const [page = null] = layOutLabels(design, subjects)
    return {
      page,
      labels,
      leftOut: total - labels,
      pages: Math.ceil((labels + (labels > 0 ? skipped : 0)) / places),
      isTooSmall: page?.labels.some(({ isTooSmall }) => isTooSmall) ?? false,
    }
  },
  'labels.save': async ({ design, source }) => {
    const { subjects } = labelSubjects(source, design.lines, rooms, mostLabels)
    const path = await desktop.chooseSaveFile('labels.pdf')
    if (path === undefined) return null
    const pdf = await renderLabels(design, subjects, { title: 'Amorce', createdAt: clock.now() })
    try {
      await writeFile(path, pdf)
    } catch (error) {
      throw new CodedError('file.notWritten', String(error), { file: basename(path), reason: String(error) })
    }
    return path
  },
})
