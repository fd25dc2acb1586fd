import { parseIpv4 } from '../network/index.ts'
import { knownOptions } from './formats/optionTable.ts'
import { encodeOption, numberRange, sameShape, shapeOf, type OptionValue } from './formats/optionValue.ts'
import { optionCode } from './options/codes.ts'

/** An option to hand out beside those that the server knows of itself. */
export interface CustomOption {
  /** 1 to 254, none of those that the protocol or the boot fills in. */
  code: number
  value: OptionValue
  /** To every client; else to those that ask for it (option 55) and to those that ask for nothing in particular. */
  always?: boolean
}

export interface EncodedOption {
  bytes: Uint8Array
  always: boolean
}

/** `code` or `value`, and what is wrong with it. */
export interface OptionFault {
  part: 'code' | 'value'
  reason:
    | 'notAnOption'
    | 'ofTheProtocol'
    | 'wrongType'
    | 'empty'
    | 'oneOnly'
    | 'pairsOnly'
    | 'notAnAddress'
    | 'outOfRange'
    | 'notADomain'
    | 'notHex'
    | 'controlCharacters'
    | 'tooLong'
}

/** What the protocol fills in, and 60, which makes a PXE ROM ask at port 4011 and wait for an answer. */
const ofTheProtocol = new Set<number>([
  optionCode.subnetMask,
  optionCode.requestedAddress,
  optionCode.leaseTime,
  optionCode.overload,
  optionCode.messageType,
  optionCode.serverIdentifier,
  optionCode.parameterRequestList,
  optionCode.message,
  optionCode.maximumMessageSize,
  optionCode.renewalTime,
  optionCode.rebindingTime,
  optionCode.vendorClassIdentifier,
  optionCode.clientIdentifier,
  optionCode.userClass,
  optionCode.rapidCommit,
  optionCode.relayAgentInformation,
  optionCode.clientArchitecture,
  optionCode.clientNdi,
  optionCode.clientUuid,
  optionCode.subnetSelection,
])
/** Given by a field of its own, or by the boot. */
const elsewhere = new Set<number>([
  optionCode.router,
  optionCode.domainNameServer,
  optionCode.domainName,
  optionCode.broadcastAddress,
  optionCode.tftpServerName,
  optionCode.bootFileName,
])

/** May a form offer it to be handed out? */
export const offeredByForm = ({ code }: { code: number }): boolean => !ofTheProtocol.has(code) && !elsewhere.has(code)

/** More would not fit beside the rest in the 548 bytes that every client takes. */
const largestValue = 255
const known = new Map(knownOptions.map((option) => [option.code, option]))

export const encodeCustom = ({ value, always = false }: CustomOption): EncodedOption => ({
  bytes: encodeOption(value),
  always,
})

/** What is wrong with an option, if anything is. */
export function faultOf({ code, value }: CustomOption): OptionFault | undefined {
  if (!Number.isInteger(code) || code < 1 || code > 254) return { part: 'code', reason: 'notAnOption' }
  if (ofTheProtocol.has(code)) return { part: 'code', reason: 'ofTheProtocol' }
  const reason = shapeFault(code, value) ?? contentFault(value)
  if (reason) return { part: 'value', reason }
  return encodeOption(value).length > largestValue ? { part: 'value', reason: 'tooLong' } : undefined
}

/** An option that the registry knows has the type it has there; bytes are the way around. */
function shapeFault(code: number, value: OptionValue): OptionFault['reason'] | undefined {
  const option = known.get(code)
  if (!option || value.type === 'bytes') return undefined
  if (!sameShape(option.shape, shapeOf(value))) return 'wrongType'
  const count =
    value.type === 'addresses' ? value.addresses.length : value.type === 'numbers' ? value.numbers.length : 1
  if (option.single && count > 1) return 'oneOnly'
  return option.pairs && count % 2 !== 0 ? 'pairsOnly' : undefined
}

/** RFC 1035 §2.3.4 */
const domainPattern = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i

function contentFault(value: OptionValue): OptionFault['reason'] | undefined {
  switch (value.type) {
    case 'addresses':
      if (value.addresses.length === 0) return 'empty'
      return value.addresses.every((text) => parseIpv4(text) !== undefined) ? undefined : 'notAnAddress'
    case 'text':
      if (value.text === '') return 'empty'
      return /\p{Cc}/u.test(value.text) ? 'controlCharacters' : undefined
    case 'domains':
      if (value.domains.length === 0) return 'empty'
      return value.domains.every((domain) => domainPattern.test(domain)) ? undefined : 'notADomain'
    case 'numbers': {
      if (value.numbers.length === 0) return 'empty'
      const { min, max } = numberRange(value.size, value.signed)
      const fits = (number: number): boolean => Number.isInteger(number) && number >= min && number <= max
      return value.numbers.every(fits) ? undefined : 'outOfRange'
    }
    case 'flag':
      return undefined
    case 'bytes':
      if (value.hex === '') return 'empty'
      return /^([0-9a-f]{2})+$/i.test(value.hex) ? undefined : 'notHex'
  }
}
