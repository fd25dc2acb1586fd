/**
 * Every error a person can meet. Codes are stable: they are stored in journals and quoted in support requests.
 * Each one has a title and a remedy in French and in English in `renderer/messages/`; a test holds that.
 */
export const errorCodes = [
  // network
  'nic.notFound',
  'nic.down',
  'nic.noAddress',
  'nic.unsuitable',
  'socket.permission',
  'socket.portInUse',
  'socket.addressNotAvailable',
  'socket.failed',
  'address.permission',
  'address.failed',
  'firewall.permission',
  'firewall.failed',
  // services
  'dhcp.poolInvalid',
  'dhcp.leaseNotSaved',
  'dhcp.otherServer',
  // No address is that machine's, or held back, any more.
  'lease.noPing',
  'lease.notHeld',
  'lease.notReserved',
  'lease.notWoken',
  // Another machine has a reservation of it.
  'lease.reservedForOther',
  'tftp.fileNotFound',
  'tftp.accessDenied',
  'tftp.timeout',
  'tftp.aborted',
  'tftp.failed',
  // A machine wants to put a file into the drop folder.
  'upload.notAllowed',
  'upload.exists',
  'upload.tooLarge',
  'upload.tooMany',
  'upload.diskFull',
  'http.failed',
  'content.notFound',
  'content.outsideRoot',
  'content.notAFile',
  'content.changed',
  // There, but the system would not let it be read: permissions, a failing disk, too many open files.
  'content.unreadable',
  // It is of an exam that this machine is not booting.
  'content.refused',
  // boot
  'boot.filesMissing',
  'boot.fileCorrupt',
  'boot.profileInvalid',
  'boot.profileNotFound',
  'boot.fileInUse',
  'examRules.notLinux',
  'examRules.hostUnknown',
  'examRules.opensMachine',
  // An ISO image, a .wim or a folder that a boot profile is made from.
  'media.unreadable',
  'media.noDraft',
  'media.busy',
  'media.cancelled',
  // exam
  'exam.alreadyRunning',
  'exam.notRunning',
  'exam.preflightFailed',
  'exam.noNic',
  'exam.startFailed',
  // The simulated room broke down by itself.
  'simulation.failed',
  // rooms and sittings
  'room.notFound',
  'room.duplicateName',
  'room.planInvalid',
  'room.inUse',
  'seat.notFound',
  'sitting.notFound',
  'sitting.wrongState',
  'sitting.notPrepared',
  'candidate.notFound',
  'candidate.duplicateNumber',
  'seating.tooFewSeats',
  'sitting.seatsTaken',
  'ticket.unknown',
  'ticket.otherSeat',
  'ticket.tooMany',
  'incident.notFound',
  'incident.noItem',
  // storage and stock
  'storage.openFailed',
  // Another Amorce has this data folder open.
  'storage.inUse',
  'storage.damaged',
  'storage.newerSchema',
  'storage.diskFull',
  // It was damaged: what could be read of it is in a new file.
  'storage.recovered',
  'storage.backupFailed',
  'storage.backupDamaged',
  'stock.itemNotFound',
  'stock.duplicateAssetTag',
  'stock.machineUnknown',
  'stock.itemInsideItself',
  'stock.nothingToUndo',
  'stock.onLoan',
  'stock.inBatch',
  'stock.locationNotFound',
  'stock.duplicateLocation',
  'stock.locationInsideItself',
  'stock.locationInUse',
  // A type, a field, a supplier, a person.
  'stock.entryNotFound',
  'stock.duplicateName',
  'stock.entryInUse',
  'stock.consumableNotFound',
  'stock.duplicateReference',
  'stock.targetBelowThreshold',
  'stock.notEnough',
  'stock.movementNotFound',
  'stock.alreadyUndone',
  'stock.countNotFound',
  'stock.countOpen',
  'stock.loanNotFound',
  'stock.notLendable',
  'stock.interventionNotFound',
  'stock.batchNotFound',
  'stock.batchClosed',
  'stock.notWiped',
  'stock.documentTooLarge',
  // A file to import: of no known kind, broken or protected; larger than anything of use; without a line.
  'exchange.fileUnreadable',
  'exchange.fileTooLarge',
  'exchange.fileEmpty',
  // No file is being looked at, another is being written, or a person stopped it.
  'exchange.noDraft',
  'exchange.busy',
  'exchange.cancelled',
  // A code that cannot say this text.
  'label.notEncodable',
  // A release on a stick: not there; not signed by whom this Amorce believes; signed and yet not understood; for other computers;
  // as old as this one or older; not whole.
  'update.notFound',
  'update.notSigned',
  'update.unreadable',
  'update.otherSystem',
  'update.notNewer',
  'update.fileDamaged',
  // This Amorce is replaced by hand.
  'update.notHere',
  'update.busy',
  'update.notAllowed',
  'update.failed',
  'update.noPrevious',
  // The technician's PIN guards this; it is another one; too many were wrong; its file was damaged.
  'pin.needed',
  'pin.wrong',
  'pin.wait',
  'pin.damaged',
  // everywhere
  'file.notWritten',
  'file.notRead',
  'input.invalid',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]
export type ErrorDetails = Record<string, string | number | boolean>

/** An error with a stable code. The message is for logs; what a person reads comes from the message catalogue. */
export class CodedError extends Error {
  override readonly name = 'CodedError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message)
  }
}

/** How an error crosses the IPC, where classes are lost. */
export interface WireError {
  code: ErrorCode
  message: string
  details: ErrorDetails
}

export const toWireError = (error: unknown): WireError =>
  error instanceof CodedError
    ? { code: error.code, message: error.message, details: error.details }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} }

export const fromWireError = ({ code, message, details }: WireError): CodedError =>
  new CodedError(code, message, details)
