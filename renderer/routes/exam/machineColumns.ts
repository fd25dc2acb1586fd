import { stages, type MachineView } from '../../../src/contract/index.ts'
import { compareNames } from '../../messages/format.ts'
import { groupOf, machineGroups } from '../../stores/machines.svelte.ts'

export const machineColumns = [
  'name',
  'candidate',
  'stage',
  'progress',
  'address',
  'mac',
  'firmware',
  'boots',
  'lastHeard',
] as const
export type MachineColumn = (typeof machineColumns)[number]

const addressValue = (address: string | undefined): number =>
  (address ?? '255.255.255.255').split('.').reduce((value, byte) => value * 256 + Number(byte), 0)

/** Trouble together, then by how far they came. */
const stageValue = (machine: MachineView): number =>
  machineGroups.indexOf(groupOf(machine)) * stages.length + stages.indexOf(machine.stage)

const comparers: Record<Exclude<MachineColumn, 'candidate'>, (a: MachineView, b: MachineView) => number> = {
  name: () => 0,
  stage: (a, b) => stageValue(b) - stageValue(a),
  progress: (a, b) => a.progress - b.progress,
  address: (a, b) => addressValue(a.address) - addressValue(b.address),
  mac: (a, b) => compareNames(a.mac, b.mac),
  firmware: (a, b) => compareNames(a.firmware, b.firmware),
  boots: (a, b) => a.boots - b.boots,
  lastHeard: (a, b) => b.lastHeardAt - a.lastHeardAt,
}

/** By the name of who sits there; machines without a candidate come last. */
const byCandidate =
  (whoAt: (machine: MachineView) => string) =>
  (a: MachineView, b: MachineView): number => {
    const [first, second] = [whoAt(a), whoAt(b)]
    if (first === '' || second === '') return Number(first === '') - Number(second === '')
    return compareNames(first, second)
  }

/** Sorted by a column; what is equal keeps the order of the room, which is by name. */
export function sortMachines(
  machines: readonly MachineView[],
  column: MachineColumn,
  descending: boolean,
  whoAt: (machine: MachineView) => string,
): readonly MachineView[] {
  const comparer = column === 'candidate' ? byCandidate(whoAt) : comparers[column]
  const sorted = [...machines].sort(comparer)
  return descending ? sorted.reverse() : sorted
}
