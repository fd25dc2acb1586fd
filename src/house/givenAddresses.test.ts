import { beforeEach, expect, it } from 'vitest'
import { CodedError } from '../contract/index.ts'
import { GivenAddresses } from './givenAddresses.ts'

let log: string[]
let refuse: Set<string>
let given: GivenAddresses

beforeEach(() => {
  log = []
  refuse = new Set()
  given = new GivenAddresses((nic) => {
    if (refuse.has(nic)) return Promise.reject(new CodedError('address.permission', 'no'))
    log.push(`+${nic}`)
    return Promise.resolve(() => {
      if (refuse.has(nic)) return Promise.reject(new CodedError('address.permission', 'no'))
      log.push(`-${nic}`)
      return Promise.resolve()
    })
  })
})

const home = { address: '192.168.60.1', prefix: 24 }

it('takes back what it gave, the last one first, once', async () => {
  await given.give('a', home)
  await given.give('b', home)
  await given.takeBack()
  await given.takeBack()
  expect(log).toEqual(['+a', '+b', '-b', '-a'])
})

it('has nothing to take back where permission was refused', async () => {
  refuse.add('a')
  await expect(given.give('a', home)).rejects.toMatchObject({ code: 'address.permission' })
  await given.takeBack()
  expect(log).toEqual([])
})

it('waits for the one that is being given', async () => {
  const giving = given.give('a', home)
  await given.takeBack()
  await giving
  expect(log).toEqual(['+a', '-a'])
})

it('takes back the others when one is refused, says so, and tries that one again', async () => {
  await given.give('a', home)
  await given.give('b', home)
  refuse.add('b')
  await expect(given.takeBack()).rejects.toMatchObject({ code: 'address.permission' })
  refuse.clear()
  await given.takeBack()
  expect(log).toEqual(['+a', '+b', '-a', '-b'])
})
