export { type Drawing, type Shape } from './drawing.ts'
export { renderDocument, renderSheets, type Block, type PaperDocument, type TableColumn } from './document.ts'
export { labelFormats } from './labelFormats.ts'
export { layOutLabels, renderLabels } from './labels.ts'
