import { userInfo } from 'node:os'
import { CodedError, type NicAddress } from '../contract/index.ts'
import { broadcastOf, formatIpv4, isValidHostAddress, parseIpv4, prefixToMask } from './ipv4.ts'
import { encodePowerShell, quotePowerShell, runPowerShell } from './powershell.ts'
import { runCommand, type CommandResult, type RunCommand } from './runCommand.ts'

/** Takes the address away again. Once done, calling it again is harmless. */
export type UndoAddress = () => Promise<void>

/**
 * Gives a NIC one more address and turns the NIC on, asking for the system's permission where this user has not got it.
 * Nothing is written to the system's settings: the address does not survive a restart of the computer.
 * @returns its undo, which does nothing when the NIC had the address already.
 * @throws CodedError `address.permission` when permission was refused, `address.failed` for anything else, both with
 *   `{ nic, address, prefix, reason }`; the undo throws the same.
 */
export async function setAddress(nic: string, address: NicAddress): Promise<UndoAddress> {
  const value = parseIpv4(address.address)
  if (value === undefined || !Number.isInteger(address.prefix) || address.prefix < 1 || address.prefix > 30)
    throw failure('address.failed', nic, address, 'not an IPv4 address with a prefix of 1 to 30')
  if (!isValidHostAddress(value, address.prefix))
    throw failure('address.failed', nic, address, 'not an address that a machine can have')
  const add = process.platform === 'win32' ? addOnWindows : process.platform === 'darwin' ? addOnMac : addOnLinux
  const undo = await add(nic, address)
  let undoing: Promise<void> | undefined
  return () =>
    (undoing ??= undo().catch((error: unknown) => {
      undoing = undefined
      throw error
    }))
}

function failure(code: 'address.permission' | 'address.failed', nic: string, address: NicAddress, reason: string) {
  const text = `${address.address}/${address.prefix} on ${nic}: ${reason}`
  return new CodedError(code, text, { nic, address: address.address, prefix: address.prefix, reason })
}

const minutesForAPassword = 3 * 60_000

// ---- Linux

/** How programs are run, and by whom; given, for tests. */
export interface LinuxRunner {
  run: RunCommand
  user: string
}

const thisLinux = (): LinuxRunner => ({ run: runCommand, user: userInfo().username })

export async function addOnLinux(
  nic: string,
  address: NicAddress,
  runner: LinuxRunner = thisLinux(),
): Promise<UndoAddress> {
  // Nothing that `ip` or `nmcli` would take for an option, or `ip -batch` for two words.
  if (!/^[^\0/\s-][^\0/\s]{0,14}$/.test(nic)) throw failure('address.failed', nic, address, 'no such NIC')
  const managed = await askNetworkManager(nic, address, runner)
  return managed ? addThroughNetworkManager(nic, address, managed, runner) : addThroughIp(nic, address, runner)
}

/** What NetworkManager does with a NIC that it manages. */
interface ManagedNic {
  connection?: { name: string; uuid: string }
  cidrs: string[]
}

/**
 * An address given past NetworkManager vanishes from a NIC that it manages: where no DHCP server answers, its attempt
 * ends after 45 s and clears the NIC.
 */
async function askNetworkManager(
  nic: string,
  address: NicAddress,
  { run }: LinuxRunner,
): Promise<ManagedNic | undefined> {
  const fields = 'GENERAL.STATE,GENERAL.CONNECTION,GENERAL.CON-UUID,IP4.ADDRESS'
  const said = await run('nmcli', ['--terse', '--fields', fields, 'device', 'show', nic]).catch((error: Error) => {
    if (!isUnavailable(error)) throw failure('address.failed', nic, address, `nmcli: ${error.message}`)
  })
  const values = (field: string) =>
    [...(said?.stdout ?? '').matchAll(/^([\w.-]+)(?:\[\d+\])?:(.*)$/gm)].flatMap(([, name, value = '']) =>
      name === field && value !== '' ? [value] : [],
    )
  const state = Number.parseInt(values('GENERAL.STATE')[0] ?? '')
  if (said?.code !== 0 || !(state > NM_DEVICE_STATE_UNMANAGED)) return undefined
  const [name] = values('GENERAL.CONNECTION')
  const [uuid] = values('GENERAL.CON-UUID')
  return { connection: name && uuid ? { name, uuid } : undefined, cidrs: values('IP4.ADDRESS') }
}

const NM_DEVICE_STATE_UNMANAGED = 10
/** nmcli's exit code for a connection, device or access point that does not exist. */
const NMCLI_NOT_FOUND = 10

/** The program is not installed, or not for this user. */
const isUnavailable = (error: NodeJS.ErrnoException): boolean => error.code === 'ENOENT' || error.code === 'EACCES'

/**
 * A connection kept in memory only, and the user's own: the person in front of the computer may make such a one without
 * a password (polkit's `settings.modify.own`).
 */
async function addThroughNetworkManager(
  nic: string,
  address: NicAddress,
  { connection, cidrs }: ManagedNic,
  { run, user }: LinuxRunner,
): Promise<UndoAddress> {
  const cidr = `${address.address}/${address.prefix}`
  const name = `Amorce ${nic}`
  const nmcli = async (...args: string[]): Promise<string> => {
    const said = await run('nmcli', args, { timeoutMs: minutesForAPassword }).catch((error: Error) => {
      throw failure('address.failed', nic, address, `nmcli: ${error.message}`)
    })
    const reason = said.stderr.trim()
    // Deleted by somebody else first, or forgotten by a NetworkManager that was started again.
    const isGone = args.includes('delete') && said.code === NMCLI_NOT_FOUND
    if (said.code === 0 || isGone) return said.stdout
    throw failure(
      /privileges|not authorized/i.test(reason) ? 'address.permission' : 'address.failed',
      nic,
      address,
      reason,
    )
  }
  const remove = async (uuid: string) => void (await nmcli('connection', 'delete', 'uuid', uuid))

  // One of ours that is there already was left behind when Amorce was killed.
  const left = connection?.name === name ? connection.uuid : undefined
  if (cidrs.includes(cidr)) return left === undefined ? async () => {} : () => remove(left)
  if (left !== undefined) await remove(left)

  const added = await nmcli(
    ...['connection', 'add', 'save', 'no', 'type', 'ethernet', 'con-name', name, 'ifname', nic],
    // It comes back by itself, before any other, when a switch is turned off and on during an exam.
    ...['connection.autoconnect', 'yes', 'connection.autoconnect-priority', '999'],
    ...(user === 'root' ? [] : ['connection.permissions', `user:${user}`]),
    ...['ipv4.method', 'manual', 'ipv4.addresses', cidr, 'ipv4.never-default', 'yes', 'ipv6.method', 'disabled'],
  )
  const uuid = /\(([0-9a-f-]{36})\)/.exec(added)?.[1]
  if (uuid === undefined) throw failure('address.failed', nic, address, `nmcli: ${added.trim()}`)
  try {
    await nmcli('connection', 'up', 'uuid', uuid, 'ifname', nic)
  } catch (error) {
    await remove(uuid)
    throw error
  }
  return () => remove(uuid)
}

async function addThroughIp(nic: string, address: NicAddress, { run, user }: LinuxRunner): Promise<UndoAddress> {
  const isRoot = user === 'root'
  const cidr = `${address.address}/${address.prefix}`
  const broadcast = formatIpv4(broadcastOf(parseIpv4(address.address)!, address.prefix))

  // One batch is one question for the password.
  const batch = async (...lines: string[]): Promise<CommandResult> => {
    const command = ['ip', '-batch', '-']
    const [program = '', ...args] = isRoot ? command : ['pkexec', ...command]
    return run(program, args, { input: `${lines.join('\n')}\n`, timeoutMs: minutesForAPassword }).catch(
      (error: Error) => {
        const code = isUnavailable(error) && !isRoot ? 'address.permission' : 'address.failed'
        throw failure(code, nic, address, `${program}: ${error.message}`)
      },
    )
  }
  const check = ({ code, stderr }: CommandResult) => {
    if (code === 0) return
    throw failure(
      isRefusal(code, stderr, isRoot) ? 'address.permission' : 'address.failed',
      nic,
      address,
      stderr.trim(),
    )
  }

  const added = await batch(`link set dev ${nic} up`, `address add ${cidr} broadcast ${broadcast} dev ${nic}`)
  if (/File exists|already assigned/.test(added.stderr)) return async () => {}
  check(added)
  return async () => {
    const removed = await batch(`address del ${cidr} dev ${nic}`)
    // The NIC was unplugged, or somebody took the address away first.
    if (!/Cannot find device|Cannot assign requested address|Address not found/.test(removed.stderr)) check(removed)
  }
}

/** pkexec ends with 126 when the person declines and 127 when the system does. */
const isRefusal = (code: number, stderr: string, isRoot: boolean): boolean =>
  (!isRoot && (code === 126 || code === 127)) || /Operation not permitted|Permission denied/.test(stderr)

// ---- Windows: written from the commands' references, not tried on Windows

async function addOnWindows(nic: string, address: NicAddress): Promise<UndoAddress> {
  await elevateOnWindows(nic, address, windowsAddScript(nic, address))
  return () => elevateOnWindows(nic, address, windowsRemoveScript(nic, address))
}

/** Coexistence keeps the NIC's DHCP client as it is; `ActiveStore` forgets the address at the next restart. */
export const windowsAddScript = (nic: string, { address, prefix }: NicAddress): string =>
  `netsh interface ipv4 set interface ${quotePowerShell(nic)} dhcpstaticipcoexistence=enabled store=active | Out-Null; ` +
  `New-NetIPAddress -InterfaceAlias ${quotePowerShell(nic)} -IPAddress ${address} -PrefixLength ${prefix} -PolicyStore ActiveStore | Out-Null`

export const windowsRemoveScript = (nic: string, { address }: NicAddress): string =>
  `Remove-NetIPAddress -InterfaceAlias ${quotePowerShell(nic)} -IPAddress ${address} -PolicyStore ActiveStore -Confirm:$false`

const ERROR_CANCELLED = 1223

async function elevateOnWindows(nic: string, address: NicAddress, script: string): Promise<void> {
  const inner = encodePowerShell(`try { ${script} } catch { exit 1 }`)
  const outer =
    `try { $p = Start-Process powershell.exe -Verb RunAs -WindowStyle Hidden -Wait -PassThru ` +
    `-ArgumentList '-NoProfile','-NonInteractive','-EncodedCommand','${inner}' } catch { exit ${ERROR_CANCELLED} }; exit $p.ExitCode`
  const { code, stderr } = await runPowerShell(outer, minutesForAPassword).catch((error: Error) => {
    throw failure('address.failed', nic, address, error.message)
  })
  if (code === ERROR_CANCELLED) throw failure('address.permission', nic, address, 'the elevation was refused')
  if (code !== 0) throw failure('address.failed', nic, address, stderr.trim() || `exit code ${code}`)
}

// ---- macOS: written from the commands' manuals, not tried on macOS

async function addOnMac(nic: string, address: NicAddress): Promise<UndoAddress> {
  if (!/^\w+$/.test(nic)) throw failure('address.failed', nic, address, 'no such NIC')
  const mask = formatIpv4(prefixToMask(address.prefix))
  await elevateOnMac(nic, address, `/sbin/ifconfig ${nic} inet ${address.address} netmask ${mask} alias up`)
  return () => elevateOnMac(nic, address, `/sbin/ifconfig ${nic} inet ${address.address} -alias`)
}

async function elevateOnMac(nic: string, address: NicAddress, command: string): Promise<void> {
  const script = `do shell script "${command}" with administrator privileges`
  const { code, stderr } = await runCommand('/usr/bin/osascript', ['-e', script], {
    timeoutMs: minutesForAPassword,
  }).catch((error: Error) => {
    throw failure('address.failed', nic, address, error.message)
  })
  // -128: the person pressed Cancel.
  if (code !== 0)
    throw failure(stderr.includes('(-128)') ? 'address.permission' : 'address.failed', nic, address, stderr.trim())
}
