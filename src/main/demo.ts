import type { AmorceEvent, Mac, MachineView, TroubleCode } from '../contract/index.ts'
import type { House } from '../house/index.ts'
import type { Words } from './words.ts'

/** A room that is not ready by then never will be: its machines are switched on one after the other, and boot from one computer. */
const patienceMs = (machines: number): number => 180_000 + machines * 1_000

/**
 * Runs the simulated room and tells the terminal what a technician would see.
 * @returns true once every machine that can become ready is ready and each of the others was found stuck; false when
 *   that did not happen in three minutes, and a second for each of them.
 */
export async function narrateDemo(house: House, words: Words, say: (line: string) => void): Promise<boolean> {
  const startedAt = Date.now()
  const clockFace = (): string => {
    const seconds = Math.floor((Date.now() - startedAt) / 1000)
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  }
  const tell = (line: string): void => say(`${clockFace()}  ${line}`)

  const told = new Map<Mac, string>()
  const stopEvents = house.onEvent((event) => tellService(event, words, tell))
  await house.commands['exam.startDemo'](undefined)
  const expected = house.simulatedMachines()
  tell(words.demoStarted(expected.length, house.session.view.address ?? ''))

  return await new Promise<boolean>((resolve) => {
    const finish = (isReady: boolean): void => {
      clearInterval(look)
      clearTimeout(giveUp)
      stopEvents()
      resolve(isReady)
    }
    const look = setInterval(() => {
      const machines = new Map(house.machines().map((machine) => [machine.mac, machine]))
      for (const machine of machines.values()) tellMachine(machine, told, words, tell)
      const ready = expected.filter(({ mac }) => machines.get(mac)?.stage === 'ready').length
      const stuck = expected.filter(({ mac }) => machines.get(mac)?.trouble?.severity === 'blocked').length
      if (!expected.every((machine) => isAsExpected(machine, machines.get(machine.mac)))) return
      tell(words.summary(ready, expected.length, stuck, Math.round((Date.now() - startedAt) / 1000)))
      finish(true)
    }, 250)
    const giveUp = setTimeout(() => {
      const machines = new Map(house.machines().map((machine) => [machine.mac, machine]))
      const late = expected.filter((machine) => !isAsExpected(machine, machines.get(machine.mac)))
      tell(words.notReady(late.map(({ mac }) => `${mac} (${machines.get(mac)?.stage ?? '-'})`).join(', ')))
      finish(false)
    }, patienceMs(expected.length))
  })
}

/** The console sees of a simulated machine what that machine was meant to show. */
const isAsExpected = ({ expected }: { expected: 'ready' | TroubleCode }, seen: MachineView | undefined): boolean =>
  expected === 'ready' ? seen?.stage === 'ready' : seen?.trouble?.code === expected

function tellService(event: AmorceEvent, words: Words, tell: (line: string) => void): void {
  if (event.type !== 'service.state') return
  if (event.state === 'failed') tell(words.serviceFailed(event.service.toUpperCase(), event.code ?? ''))
  if (event.state === 'running') tell(words.serviceRunning(event.service.toUpperCase(), event.endpoint ?? ''))
}

/** One line a milestone: ready, stuck, booting again. Each is said once. */
function tellMachine(machine: MachineView, told: Map<Mac, string>, words: Words, tell: (line: string) => void): void {
  const milestone = machine.trouble?.code ?? (machine.stage === 'ready' ? 'ready' : `boot ${machine.boots}`)
  const before = told.get(machine.mac)
  if (before === milestone) return
  told.set(machine.mac, milestone)
  const name = nameOf(machine)
  if (machine.trouble) tell(words.stuck(name, words.trouble[machine.trouble.code]))
  else if (machine.stage === 'ready') tell(words.ready(name, secondsSince(machine)))
  else if (machine.boots > 1) tell(words.bootsAgain(name))
}

const nameOf = ({ mac, address, facts }: MachineView): string =>
  [mac, address, facts.product].filter((part) => part !== undefined).join(' · ')

const secondsSince = ({ firstHeardAt, stageSince }: MachineView): number =>
  Math.round((stageSince - firstHeardAt) / 1000)
