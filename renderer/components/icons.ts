import Armchair from '@lucide/svelte/icons/armchair'
import BatteryCharging from '@lucide/svelte/icons/battery-charging'
import BatteryFull from '@lucide/svelte/icons/battery-full'
import BatteryLow from '@lucide/svelte/icons/battery-low'
import BatteryMedium from '@lucide/svelte/icons/battery-medium'
import Box from '@lucide/svelte/icons/box'
import CalendarClock from '@lucide/svelte/icons/calendar-clock'
import Droplet from '@lucide/svelte/icons/droplet'
import FileText from '@lucide/svelte/icons/file-text'
import Handshake from '@lucide/svelte/icons/handshake'
import LayoutPanelTop from '@lucide/svelte/icons/layout-panel-top'
import MapPin from '@lucide/svelte/icons/map-pin'
import Recycle from '@lucide/svelte/icons/recycle'
import Truck from '@lucide/svelte/icons/truck'
import User from '@lucide/svelte/icons/user'
import Wrench from '@lucide/svelte/icons/wrench'
import Cable from '@lucide/svelte/icons/cable'
import CircleAlert from '@lucide/svelte/icons/circle-alert'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import CircleDashed from '@lucide/svelte/icons/circle-dashed'
import Cpu from '@lucide/svelte/icons/cpu'
import Download from '@lucide/svelte/icons/download'
import Ear from '@lucide/svelte/icons/ear'
import EthernetPort from '@lucide/svelte/icons/ethernet-port'
import HardDriveDownload from '@lucide/svelte/icons/hard-drive-download'
import LogOut from '@lucide/svelte/icons/log-out'
import Monitor from '@lucide/svelte/icons/monitor'
import Network from '@lucide/svelte/icons/network'
import OctagonAlert from '@lucide/svelte/icons/octagon-alert'
import Package from '@lucide/svelte/icons/package'
import Power from '@lucide/svelte/icons/power'
import Printer from '@lucide/svelte/icons/printer'
import Projector from '@lucide/svelte/icons/projector'
import Router from '@lucide/svelte/icons/router'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Server from '@lucide/svelte/icons/server'
import Laptop from '@lucide/svelte/icons/laptop'
import Tag from '@lucide/svelte/icons/tag'
import TicketCheck from '@lucide/svelte/icons/ticket-check'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import Unplug from '@lucide/svelte/icons/unplug'
import Wifi from '@lucide/svelte/icons/wifi'
import Zap from '@lucide/svelte/icons/zap'
import Shield from '@lucide/svelte/icons/shield'
import Waypoints from '@lucide/svelte/icons/waypoints'
import type {
  BatteryState,
  BuiltInItemType,
  FoundKind,
  FoundRecord,
  ItemType,
  MachineView,
  NicKind,
  Stage,
  Verdict,
} from '../../src/contract/index.ts'

export type Icon = typeof CircleCheck

const stageIcons: Record<Stage, Icon> = {
  heard: Ear,
  offered: Tag,
  leased: TicketCheck,
  loader: Download,
  script: ScrollText,
  kernel: Cpu,
  initrd: HardDriveDownload,
  system: Power,
  ready: CircleCheck,
  lost: Unplug,
  left: LogOut,
}

export const stageIcon = (stage: Stage): Icon => stageIcons[stage]

export const machineIcon = ({ stage, trouble }: Pick<MachineView, 'stage' | 'trouble'>): Icon =>
  trouble ? (trouble.severity === 'blocked' ? OctagonAlert : TriangleAlert) : stageIcons[stage]

/** What is left lasts no exam. */
export const isBatteryLow = ({ percent, isOnMains }: BatteryState): boolean => !isOnMains && percent <= 20

export function batteryIcon(battery: BatteryState): Icon {
  if (battery.isOnMains) return BatteryCharging
  if (isBatteryLow(battery)) return BatteryLow
  return battery.percent < 70 ? BatteryMedium : BatteryFull
}

export const verdictIcons: Record<Verdict, Icon> = {
  pending: CircleDashed,
  ok: CircleCheck,
  warning: TriangleAlert,
  blocked: CircleAlert,
}

export const nicIcons: Record<NicKind, Icon> = {
  ethernet: EthernetPort,
  wifi: Wifi,
  virtualbox: Box,
  vmware: Box,
  hyperv: Box,
  docker: Box,
  vpn: Shield,
  bridge: Waypoints,
  virtual: Box,
  loopback: Network,
  simulated: Network,
}

const itemIcons: Record<BuiltInItemType, Icon> = {
  pc: Monitor,
  laptop: Laptop,
  server: Server,
  screen: Monitor,
  printer: Printer,
  copier: Printer,
  switch: Network,
  router: Router,
  ups: Zap,
  projector: Projector,
  cable: Cable,
  other: Package,
}

/** One that was added has no picture of its own. */
export const itemIcon = (type: ItemType): Icon => itemIcons[type as BuiltInItemType] ?? Package

const foundIcons: Record<Exclude<FoundKind, 'item'>, Icon> = {
  consumable: Droplet,
  loan: Handshake,
  intervention: Wrench,
  note: Wrench,
  person: User,
  supplier: Truck,
  location: MapPin,
  batch: Recycle,
  document: FileText,
  room: LayoutPanelTop,
  sitting: CalendarClock,
  candidate: Armchair,
}

export const foundIcon = ({ kind, type }: FoundRecord): Icon =>
  kind === 'item' ? itemIcon(type ?? 'other') : foundIcons[kind]
