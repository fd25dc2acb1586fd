/** The technician's PIN, as the screen may know it. */
export interface PinView {
  isSet: boolean
  /** How long what it guards stays open. */
  minutes: number
  /** Until when that is, in milliseconds since the Unix epoch; absent while it is locked. */
  openUntil?: number
}
