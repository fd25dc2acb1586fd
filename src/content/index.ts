export { createContent, type Content, type ContentFile, type ContentOptions, type ListedFile } from './content.ts'
export { kindByName } from './kind.ts'
export { blockSize } from './openFile.ts'
export { TransferLog, type LoggedTransfer, type TransferBeginning } from './transferLog.ts'
