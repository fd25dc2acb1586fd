import Ban from '@lucide/svelte/icons/ban'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import CircleX from '@lucide/svelte/icons/circle-x'
import LoaderCircle from '@lucide/svelte/icons/loader-circle'
import Ruler from '@lucide/svelte/icons/ruler'
import TimerOff from '@lucide/svelte/icons/timer-off'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import type { TransferRowView, TransferState } from '../../../src/contract/index.ts'
import type { Icon } from '../../components/icons.ts'
import type { Tone } from '../../components/tones.ts'
import { tell } from '../../messages/words.svelte.ts'
import { machineName } from '../../messages/sentences.ts'

export const transferIcons: Record<TransferState, Icon> = {
  running: LoaderCircle,
  complete: CircleCheck,
  probe: Ruler,
  aborted: CircleX,
  timeout: TimerOff,
  failed: TriangleAlert,
  refused: Ban,
}

export const transferTones: Record<TransferState, Tone> = {
  running: 'blue',
  complete: 'green',
  probe: 'neutral',
  aborted: 'amber',
  timeout: 'red',
  failed: 'red',
  refused: 'red',
}

/** A machine that was never heard is known by its address alone. */
export const transferMachine = ({ mac, hostName, item, seat, address }: TransferRowView): string =>
  mac === undefined ? address : machineName({ mac, hostName, item, seat })

/** 0 to 1; undefined when the end is not known. */
export const shareDone = ({ bytes, size, state }: TransferRowView): number | undefined =>
  state === 'complete' ? 1 : size ? bytes / size : undefined

/** `blksize 1468 · windowsize 4`, as the protocol writes them. */
export const optionsText = ({ options }: TransferRowView): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ')

/** What is behind a result, for the hover. */
export const whyText = ({ reason, code }: TransferRowView): string | undefined =>
  reason ?? (code && tell(`error.${code}.title`))
