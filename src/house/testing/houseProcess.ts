import { openTestHouse } from './testHouse.ts'

// The house in a process of its own, to be killed: `node houseProcess.cjs <data folder>`. Says where DHCP listens.

const [, , dataFolder = ''] = process.argv
void openTestHouse(dataFolder).then(async (house) => {
  await house.commands['exam.startDemo'](undefined)
  const { services = [] } = await house.snapshot()
  process.stdout.write(`${services.find(({ name }) => name === 'dhcp')?.endpoint}\n`)
})
