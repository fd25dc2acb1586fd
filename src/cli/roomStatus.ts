import type { ServiceView, Stage, TroubleCode } from '../contract/index.ts'
import type { House } from '../house/index.ts'

/** What is told of a served room: counts and places, no names of people and no settings. */
export interface RoomStatus {
  version: string
  running: boolean
  nic?: string
  address?: string
  /** Milliseconds since the Unix epoch. */
  startedAt?: number
  simulated: boolean
  services: Pick<ServiceView, 'name' | 'state' | 'endpoint' | 'count'>[]
  machines: {
    mac: string
    address?: string
    stage: Stage
    trouble?: TroubleCode
    /** Milliseconds since the Unix epoch. */
    lastHeardAt: number
  }[]
  ready: number
  stuck: number
}

/** @param services as the house last told of them */
export function roomStatus(house: House, services: readonly ServiceView[], version: string): RoomStatus {
  const { nic, address, startedAt, simulated } = house.session.view
  const machines = house.machines()
  return {
    ...{ version, running: house.session.running, simulated },
    ...(nic === undefined ? {} : { nic }),
    ...(address === undefined ? {} : { address }),
    ...(startedAt === undefined ? {} : { startedAt }),
    services: services.map(({ name, state, endpoint, count }) => ({
      ...{ name, state, count },
      ...(endpoint === undefined ? {} : { endpoint }),
    })),
    machines: machines.map(({ mac, address: leased, stage, trouble, lastHeardAt }) => ({
      ...{ mac, stage, lastHeardAt },
      ...(leased === undefined ? {} : { address: leased }),
      ...(trouble ? { trouble: trouble.code } : {}),
    })),
    ready: machines.filter(({ stage }) => stage === 'ready').length,
    stuck: machines.filter(({ trouble }) => trouble?.severity === 'blocked').length,
  }
}
