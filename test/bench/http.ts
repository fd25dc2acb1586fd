import { fetchTogether, httpFileMb, mustServe, transferRows, type TransferRun } from './files.ts'
import { during, httpPort, startAmorce, startNginx, type Ground } from './servers.ts'

/** curl as the client, against nginx. */
export async function benchHttp(ground: Ground): Promise<void> {
  for (const clients of [1, 16]) {
    const ours: TransferRun[] = []
    const theirs: TransferRun[] = []
    for (let turn = 0; turn < ground.turns; turn++)
      for (const [start, runs, port] of [
        [startAmorce, ours, httpPort],
        [startNginx, theirs, 8080],
      ] as const)
        runs.push(
          await during(ground, start, async (server) => {
            const url = `http://${ground.address}:${port}/files/http.bin`
            await mustServe(ground, url, 'http.bin')
            return fetchTogether(ground, server.process, clients, [], url, httpFileMb)
          }),
        )
    transferRows(`HTTP MB/s, ${clients} at once`, ours, 'nginx', theirs)
  }
  console.log()
}
