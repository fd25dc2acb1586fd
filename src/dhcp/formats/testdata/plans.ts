import fc from 'fast-check'
import { broadcastOf, formatIpv4, networkOf } from '../../../network/index.ts'
import { knownOptions, type KnownOption } from '../optionTable.ts'
import { numberRange, type OptionShapeName, type OptionValue } from '../optionValue.ts'
import {
  sortOptions,
  type MachineIdentity,
  type NetworkSettings,
  type PlanOption,
  type PlanSettings,
  type PoolPlan,
  type ReservationPlan,
  type ServerPlan,
  type SubnetPlan,
} from '../plan.ts'

const anyAddress = fc.integer({ min: 0x01000000, max: 0xdfffffff }).map(formatIpv4)
const hex = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString('hex'))
const domain = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9](\.[a-z]{2,6})?$/)
/** Everything that files have trouble with but what C's strings end at. */
const text = fc
  .oneof(fc.stringMatching(/^[ -~]{1,40}$/), fc.stringMatching(/^[ -~éß中😀\t\n]{1,20}$/u))

/** @param plain text without control characters, which dnsmasq cannot spell */
function valueOf(shape: OptionShapeName, known?: KnownOption): fc.Arbitrary<OptionValue> {
  const count = known?.single ? { minLength: 1, maxLength: 1 } : { minLength: 1, maxLength: 4 }
  switch (shape.type) {
    case 'addresses':
      return fc
        .array(anyAddress, known?.pairs ? { minLength: 2, maxLength: 4 } : count)
        .map((addresses) => addresses.slice(0, known?.pairs ? addresses.length - (addresses.length % 2) : undefined))
        .map((addresses) => ({ type: 'addresses', addresses }))
    case 'text':
      return text.map((each) => ({ type: 'text', text: each }))
    case 'domains':
      return fc.array(domain, { minLength: 1, maxLength: 3 }).map((domains) => ({ type: 'domains', domains }))
    case 'flag':
      return fc.boolean().map((flag) => ({ type: 'flag', flag }))
    case 'bytes':
      return hex(1, 12).map((each) => ({ type: 'bytes', hex: each }))
    case 'numbers':
      return fc.array(fc.integer(numberRange(shape.size, shape.signed)), count).map((numbers) => ({ ...shape, numbers }))
  }
}

const freeShapes: OptionShapeName[] = [
  { type: 'addresses' },
  { type: 'text' },
  { type: 'domains' },
  { type: 'flag' },
  { type: 'bytes' },
  ...([1, 2, 4] as const).flatMap((size) =>
    [true, false].map((signed) => ({ type: 'numbers' as const, size, signed })),
  ),
]
/** Free for a site's own use (RFC 3942 §4), so that no server knows better what they hold. */
const freeCodes = Array.from({ length: 31 }, (_, i) => 224 + i)

/** Option 60 with a firmware's name in it is not handed out but answered: it has no place in a plan. */
const knownOption = fc
  .constantFrom(...knownOptions.filter(({ code }) => code !== 60))
  .chain((known) => valueOf(known.shape, known).map((value): PlanOption => ({ code: known.code, value })))
const customOption = fc
  .tuple(fc.constantFrom(...freeCodes), fc.constantFrom(...freeShapes))
  .chain(([code, shape]) => valueOf(shape).map((value): PlanOption => ({ code, value })))

const options = fc
  .uniqueArray(fc.oneof(knownOption, customOption), { maxLength: 6, selector: ({ code }) => code })
  .map(sortOptions)

const leaseTimes = fc
  .record(
    {
      min: fc.integer({ min: 0, max: 600 }),
      default: fc.integer({ min: 600, max: 86_400 }),
      max: fc.integer({ min: 86_400, max: 0x7fffffff }),
    },
    { requiredKeys: [] },
  )
  .filter((times) => Object.keys(times).length > 0)

const settingModel = {
  leaseTimes,
  nextServer: anyAddress,
  serverName: fc.stringMatching(/^[!-~]{1,60}$/),
  bootFile: fc.stringMatching(/^[ -~]{0,30}[!-~]{1,60}$/),
}
const settings = fc.record({ options, ...settingModel }, { requiredKeys: ['options'] }) as fc.Arbitrary<PlanSettings>
const networkSettings = fc.record(
  { options, ...settingModel, authoritative: fc.boolean(), unknownClients: fc.boolean(), bootp: fc.boolean() },
  { requiredKeys: ['options'] },
) as fc.Arbitrary<NetworkSettings>

/** Each subnet in a /16 of its own, so that none overlap; pools one after the other. */
const subnet = (index: number): fc.Arbitrary<SubnetPlan> =>
  fc
    .tuple(
      fc.integer({ min: 20, max: 29 }),
      fc.integer({ min: 0, max: 0xffff }),
      networkSettings,
      fc.option(fc.constantFrom('wire', 'second floor'), { nil: undefined }),
      fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom('all', 'known', 'unknown'), fc.boolean()), { maxLength: 4 }),
    )
    .map(([prefix, offset, own, sharedNetwork, wanted]) => {
      const network = networkOf((10 * 256 + index) * 65_536 + offset, prefix)
      const last = broadcastOf(network, prefix) - 1
      const pools: PoolPlan[] = []
      let next = network + 1
      for (const [gap, length, clients, bootp] of wanted) {
        const start = next + gap
        const end = start + length
        if (end > last) break
        pools.push({ start: formatIpv4(start), end: formatIpv4(end), clients, bootp })
        next = end + 1
      }
      return {
        network: formatIpv4(network),
        prefix,
        pools,
        ...own,
        ...(sharedNetwork !== undefined && { sharedNetwork }),
      }
    })

const identity: fc.Arbitrary<MachineIdentity> = fc.oneof(
  hex(6, 6).map((each): MachineIdentity => ({ kind: 'mac', mac: each.replace(/..(?!$)/g, '$&:') })),
  hex(2, 12).map((each): MachineIdentity => ({ kind: 'clientId', hex: each })),
  fc.uuid().map((uuid): MachineIdentity => ({ kind: 'uuid', uuid })),
)

/** No two with one name, one identity or one address: servers refuse that. */
const reservations = (subnets: readonly SubnetPlan[]): fc.Arbitrary<ReservationPlan[]> =>
  fc
    .uniqueArray(
      fc.tuple(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/),
        identity,
        fc.subarray([...subnets]),
        fc.boolean(),
        settings,
      ),
      { maxLength: 5, selector: ([name]) => name, comparator: 'IsStrictlyEqual' },
    )
    .filter((all) => new Set(all.map(([, known]) => JSON.stringify(known))).size === all.length)
    .map((all) =>
      all.map(([name, known, places, denied, own], i) => ({
        name,
        identity: known,
        addresses: places.map(({ network, prefix }) => {
          const first = networkOf(Number.parseInt(hexAddress(network), 16), prefix)
          return formatIpv4(first + 1 + i)
        }),
        denied,
        ...own,
      })),
    )

const hexAddress = (address: string): string =>
  address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')

/** Plans with everything a plan can say, as real servers take them. */
export const anyPlan: fc.Arbitrary<ServerPlan> = fc
  .integer({ min: 0, max: 4 })
  .chain((count) => fc.tuple(networkSettings, fc.tuple(...Array.from({ length: count }, (_, i) => subnet(i)))))
  .chain(([own, subnets]) => reservations(subnets).map((known) => ({ ...own, subnets, reservations: known })))

/** Every option there is a name for, and one of each shape that there is none for. */
export const everyOption = (seed: number): ServerPlan => {
  const one = <Value>(arbitrary: fc.Arbitrary<Value>): Value => fc.sample(arbitrary, { seed, numRuns: 1 })[0] as Value
  const named = knownOptions.map((known) => ({ code: known.code, value: one(valueOf(known.shape, known)) }))
  const free = freeShapes.map((shape, i) => ({ code: freeCodes[i] ?? 0, value: one(valueOf(shape)) }))
  return {
    options: sortOptions([...named, ...free]),
    subnets: [{ network: '10.0.0.0', prefix: 24, pools: [], options: [] }],
    reservations: [],
  }
}
