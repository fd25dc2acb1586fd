import { parseArgs } from 'node:util'
import { fuzzDhcp } from './dhcpFuzz.ts'
import { fuzzTftp } from './tftpFuzz.ts'

// npm run fuzz -- dhcp --count 5000000 --seed 1

const usage = 'usage: npm run fuzz -- [dhcp|tftp] [--count N] [--seed N]'
const most = 1_000_000_000

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string' }, seed: { type: 'string' } },
  })
  const what = positionals[0] ?? 'dhcp'
  const count = wholeNumber(values.count ?? (what === 'dhcp' ? '1000000' : '200000'), most)
  const seed = wholeNumber(values.seed ?? String(Date.now() % 2 ** 32), 2 ** 32 - 1)
  if (positionals.length > 1 || count === undefined || seed === undefined || !['dhcp', 'tftp'].includes(what)) {
    console.error(usage)
    return 2
  }
  console.log(`${what}: ${count} datagrams, seed ${seed}`)
  const began = Date.now()
  const onProgress = (datagrams: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${datagrams}`)
  }
  if (what === 'dhcp') tell(fuzzDhcp({ count, seed, onProgress }))
  else
    for (const singlePort of [false, true])
      tell({ singlePort, ...(await fuzzTftp({ count: Math.ceil(count / 2), seed, singlePort, onProgress })) })
  console.log(`${Math.round((Date.now() - began) / 1000)} s; nothing was found`)
  return 0
}

function wholeNumber(text: string, limit: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value <= limit ? value : undefined
}

function tell(report: object): void {
  for (const [name, value] of Object.entries(report)) console.log(`  ${name}: ${JSON.stringify(value)}`)
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
