/** An IPv4 address as the wire has it: an unsigned 32-bit number, so that ranges and masks are arithmetic. */
export type Address = number
