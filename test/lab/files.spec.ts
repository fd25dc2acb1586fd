import { randomBytes } from 'node:crypto'
import { expect, labTest as test } from '../support/fixtures.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { LabNetwork, type Namespace } from '../support/namespaces.ts'
import { sha256, tftpClients } from '../support/tftpClients.ts'

const { examNic, examAddress } = LabNetwork

test('a boot file arrives whole over TFTP and HTTP, whatever the client', async ({ launch, network }) => {
  const files = {
    'lab/image.bin': randomBytes(5_000_003),
    // With blocks of 1024 and of 512 it ends on a block's end, and only an empty block more tells so.
    'lab/whole-blocks.bin': randomBytes(1024 * 1024),
    'lab/empty.bin': Buffer.alloc(0),
  }
  const amorce = await launch()
  await amorce.addExam()
  amorce.addBootFiles(files)
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  await new Udhcpc(machine).obtain()

  for (const [path, content] of Object.entries(files)) {
    for (const [name, fetch] of Object.entries(tftpClients)) {
      for (const blksize of [1024, 1468])
        expect(await fetch(machine, examAddress, path, blksize), `${path} by ${name}`).toBe(sha256(content))
    }
  }

  const { httpPort } = await amorce.settings()
  const url = `http://${examAddress}:${httpPort}/files/lab/image.bin`
  const image = files['lab/image.bin']
  expect(sha256(await curl(machine, url))).toBe(sha256(image))
  expect(sha256(await curl(machine, url, '--range', '1000000-1999999'))).toBe(
    sha256(image.subarray(1_000_000, 2_000_000)),
  )
  expect((await curl(machine, url, '--head')).toString()).toMatch(/^content-length: 5000003\r$/im)

  const missing = await machine.run('curl', ['-sS', `tftp://${examAddress}/lab/absent.bin`])
  expect(missing.code, 'curl says that the file is not there').toBe(68)
  const outside = await machine.run('curl', ['-sS', '--path-as-is', `tftp://${examAddress}/../../amorce.sqlite`])
  expect(outside).toMatchObject({ stdout: '' })
  expect(outside.code).not.toBe(0)
})

async function curl(machine: Namespace, url: string, ...options: string[]): Promise<Buffer> {
  const text = await machine.mustRun('sh', ['-c', 'curl -sSf "$@" | base64', 'sh', ...options, url])
  return Buffer.from(text, 'base64')
}
