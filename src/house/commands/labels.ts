import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  CodedError,
  labelFormatIds,
  mostLabels,
  type ItemView,
  type LabelLine,
  type LabelRun,
  type LabelSubject,
  type labelsCommands,
} from '../../contract/index.ts'
import { labelFormats, layOutLabels, renderLabels } from '../../paper/index.ts'
import type { Stock } from '../../stock/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

const perPage = 500

/** Labels of the items that a list shows. */
export const labelsHandlers = ({ stock, desktop, clock }: CommandDeps): HandlersOf<typeof labelsCommands> => ({
  'labels.formats': () => labelFormatIds.map((id) => ({ id, ...labelFormats[id] })),
  'labels.preview': (run) => {
    const { columns, rows, isRoll } = labelFormats[run.design.format]
    const places = columns * rows
    const { items, total } = stock.list({
      ...run.filter,
      sort: run.sort,
      descending: run.descending,
      offset: 0,
      limit: places,
    })
    const labels = Math.min(total, mostLabels)
    const skipped = isRoll ? 0 : run.design.skip % places
    const [page = null] = layOutLabels(run.design, subjectsOf(items, run))
    return {
      page,
      labels,
      pages: Math.ceil((labels + (labels > 0 ? skipped : 0)) / places),
      isTooSmall: page?.labels.some(({ isTooSmall }) => isTooSmall) ?? false,
    }
  },
  'labels.save': async (run) => {
    const items = itemsOf(stock, run)
    const path = await desktop.chooseSaveFile('labels.pdf')
    if (path === undefined) return null
    const pdf = await renderLabels(run.design, subjectsOf(items, run), { title: 'Amorce', createdAt: clock.now() })
    try {
      await writeFile(path, pdf)
    } catch (error) {
      throw new CodedError('file.notWritten', String(error), { file: basename(path), reason: String(error) })
    }
    return path
  },
})

function itemsOf(stock: Stock, { filter, sort, descending }: LabelRun): ItemView[] {
  const items: ItemView[] = []
  for (let total = 1; items.length < Math.min(total, mostLabels);) {
    const page = stock.list({ ...filter, sort, descending, offset: items.length, limit: perPage })
    items.push(...page.items)
    total = page.items.length === 0 ? 0 : page.total
  }
  return items.slice(0, mostLabels)
}

const subjectsOf = (items: readonly ItemView[], { design }: LabelRun): LabelSubject[] =>
  items.map((item) => ({
    code: item.assetTag,
    title: item.assetTag,
    lines: design.lines.map((line) => lineOf[line](item)).filter((text) => text !== ''),
  }))

const lineOf: Record<LabelLine, (item: ItemView) => string> = {
  model: ({ manufacturer, model }) => [manufacturer, model].filter(Boolean).join(' '),
  serial: ({ serial }) => serial && `S/N ${serial}`,
  location: ({ location }) => location,
  name: ({ name }) => name ?? '',
}
