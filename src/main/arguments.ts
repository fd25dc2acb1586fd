import { languages, type Language } from '../contract/index.ts'
import { isBehaviourName, type BehaviourName } from '../simulator/index.ts'

export interface AppArguments {
  /** Start exam mode at once on the simulated room. */
  demo: boolean
  /** With `demo`: end with code 0 once the room is ready, 1 when it does not get there. */
  exitWhenReady: boolean
  /** Save a picture of the window here. */
  screenshot?: string
  /** Where the database and the technician's boot files live, instead of the system's place for them. */
  dataFolder?: string
  language?: Language
  machines?: number
  /** How the machines of the simulated room fail, one each. */
  failures?: BehaviourName[]
  /** Those are switched on all at once. */
  atOnce: boolean
}

type ValueOption = '--screenshot' | '--data' | '--language' | '--machines' | '--failures'

/** Reads the app's own arguments out of `argv`; what it does not know (Chromium's switches) is passed over. */
export function parseArguments(argv: readonly string[]): AppArguments {
  const valueOf = (option: ValueOption): string | undefined => {
    const inline = argv.find((argument) => argument.startsWith(`${option}=`))
    if (inline) return inline.slice(option.length + 1)
    const index = argv.indexOf(option)
    return index >= 0 ? argv[index + 1] : undefined
  }
  const machines = Number(valueOf('--machines'))
  return {
    demo: argv.includes('--demo'),
    exitWhenReady: argv.includes('--exit-when-ready'),
    screenshot: valueOf('--screenshot'),
    dataFolder: valueOf('--data'),
    language: languages.find((language) => language === valueOf('--language')),
    machines: Number.isInteger(machines) && machines >= 1 && machines <= 300 ? machines : undefined,
    failures: valueOf('--failures')?.split(',').filter(isBehaviourName),
    atOnce: argv.includes('--at-once'),
  }
}
