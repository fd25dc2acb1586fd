export { renderDocument, type Block, type PaperDocument, type TableColumn } from './document.ts'
export { labelFormats } from './labelFormats.ts'
export { layOutLabels, renderLabels } from './labels.ts'
