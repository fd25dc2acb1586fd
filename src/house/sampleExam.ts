import type { CommandHandlers } from './commands/index.ts'

// What the simulated room is shown with, where there is nothing yet: a room of 24 seats and a sitting for it.

const lastNames = (
  'Bernard,Dubois,Lambert,Fontaine,Rousseau,Chevalier,Mercier,Garnier,Faure,Lefèvre,Benali,Nguyen,' +
  'Da Silva-Costa,Moreau,Keïta,Perrin,Roussel,Blanchard,Gauthier,Marchand,O’Connor,Petit,Diallo,Lemaître'
).split(',')
const firstNames = (
  'Camille,Léo,Inès,Nathan,Élise,Hugo,Sarah,Tom,Jade,Lucas,Yasmine,Minh,Rita,Paul,Aïcha,Jules,Zoé,Noé,' +
  'Clara,Maxime,Sean,Lina,Moussa,Anaïs'
).split(',')

/** Rows of eight, in a lecture hall of twenty, with an aisle in the middle, as many as the machines need. */
export async function makeSampleExam(commands: CommandHandlers, machines: number): Promise<void> {
  const perRow = machines > 64 ? 20 : 8
  const rows = Math.ceil(machines / perRow)
  const room = await commands['room.add']({
    name: 'B104',
    columns: perRow + 1,
    rows: rows + 1,
    marks: [{ kind: 'board', column: perRow / 2, row: 0 }],
    seats: Array.from({ length: machines }, (_, i) => {
      const place = i % perRow
      const row = Math.floor(i / perRow)
      return {
        label: `${String.fromCharCode(65 + (row % 26))}${place + 1 + perRow * Math.floor(row / 26)}`,
        column: place < perRow / 2 ? place : place + 1,
        row: row + 1,
      }
    }),
  })
  const sitting = await commands['sitting.add']({
    title: 'Algorithmique et structures de données',
    module: 'R2.04',
    roomId: room.id,
    durationMinutes: 120,
    quorum: 0.9,
    warnings: [15, 5],
    collectMinutes: 10,
    wakes: true,
  })
  await commands['roster.take']({
    sittingId: sitting.id,
    candidates: Array.from({ length: machines }, (_, i) => ({
      number: String(22_400_100 + i),
      lastName: lastNames[i % lastNames.length] ?? '',
      firstName: firstNames[(i * 5 + Math.floor(i / lastNames.length)) % firstNames.length] ?? '',
      group: i % 2 === 0 ? 'TD1' : 'TD2',
      extraMinutes: i % 11 === 4 ? 40 : 0,
    })),
  })
  await commands['seating.assign']({
    sittingId: sitting.id,
    order: 'alphabetical',
    separateGroups: false,
    extraTimeTogether: false,
  })
}
