import { fetchTogether, mustServe, tftpFileMb, transferRows, type TransferRun } from './files.ts'
import { during, startAmorce, startDnsmasq, type Ground } from './servers.ts'

/** curl as the client, against dnsmasq. */
export async function benchTftp(ground: Ground): Promise<void> {
  const url = `tftp://${ground.address}/tftp.bin`
  for (const blksize of [512, 1468])
    for (const clients of [1, 16, 64]) {
      const options = blksize === 512 ? ['--tftp-no-options'] : ['--tftp-blksize', `${blksize}`]
      const ours: TransferRun[] = []
      const theirs: TransferRun[] = []
      for (let turn = 0; turn < ground.turns; turn++)
        for (const [start, runs] of [
          [startAmorce, ours],
          [startDnsmasq, theirs],
        ] as const)
          runs.push(
            await during(ground, start, async (server) => {
              await mustServe(ground, url, 'tftp.bin', options)
              return fetchTogether(ground, server.process, clients, options, url, tftpFileMb)
            }),
          )
      transferRows(`TFTP MB/s, blksize ${blksize}, ${clients} at once`, ours, 'dnsmasq', theirs)
    }
  console.log()
}
