import { describe, expect, it } from 'vitest'
import type { CommandResult } from './runCommand.ts'
import { addOnLinux, setAddress, windowsAddScript, windowsRemoveScript, type LinuxRunner } from './setAddress.ts'

const address = { address: '192.168.60.1', prefix: 24 }
const notFound = () => Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' })
const done: CommandResult = { code: 0, stdout: '', stderr: '' }
const failed = (code: number, stderr: string): CommandResult => ({ code, stdout: '', stderr })

/** Answers each command line that starts with a given text; programs it knows nothing of are not installed. */
function fakeLinux(answers: Record<string, CommandResult | Error>, user = 'root') {
  const ran: string[] = []
  const runner: LinuxRunner = {
    user,
    run: (program, args, { input = '' } = {}) => {
      const line = [program, ...args].join(' ') + (input ? ` <<< ${input.trim().replaceAll('\n', '; ')}` : '')
      ran.push(line)
      const answer = Object.entries(answers).find(([start]) => line.startsWith(start))?.[1] ?? notFound()
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  }
  return { ran, runner }
}

const changes = (ran: string[]) => ran.filter((line) => !line.includes('device show'))

describe('an address on Linux', () => {
  it('is added and taken away by ip, in one go each', async () => {
    const { ran, runner } = fakeLinux({ ip: done })
    const undo = await addOnLinux('eth1', address, runner)
    await undo()
    expect(changes(ran)).toEqual([
      'ip -batch - <<< link set dev eth1 up; address add 192.168.60.1/24 broadcast 192.168.60.255 dev eth1',
      'ip -batch - <<< address del 192.168.60.1/24 dev eth1',
    ])
  })

  it('is asked for through pkexec by a normal user', async () => {
    const { ran, runner } = fakeLinux({ 'pkexec ip -batch -': done }, 'alice')
    await addOnLinux('eth1', address, runner)
    expect(changes(ran)).toHaveLength(1)
  })

  it.each<[string, string, Record<string, CommandResult | Error>, string]>([
    ['the person declines', 'alice', { pkexec: failed(126, 'Error executing command') }, 'address.permission'],
    ['the system declines', 'alice', { pkexec: failed(127, 'Not authorized') }, 'address.permission'],
    ['nothing can ask for permission', 'alice', {}, 'address.permission'],
    [
      'root has no right to',
      'root',
      { ip: failed(2, 'RTNETLINK answers: Operation not permitted') },
      'address.permission',
    ],
    ['the NIC is not there', 'root', { ip: failed(1, 'Cannot find device "eth1"') }, 'address.failed'],
    ['ip is not there', 'root', {}, 'address.failed'],
    [
      'NetworkManager does not answer',
      'root',
      { nmcli: new Error('The operation was aborted'), ip: done },
      'address.failed',
    ],
  ])('fails with a code when %s', async (_, user, answers, code) => {
    const { runner } = fakeLinux(answers, user)
    await expect(addOnLinux('eth1', address, runner)).rejects.toMatchObject({
      code,
      details: { nic: 'eth1', address: '192.168.60.1', prefix: 24 },
    })
  })

  it('that was there before stays there', async () => {
    const { ran, runner } = fakeLinux({
      ip: failed(2, 'RTNETLINK answers: File exists\nCommand failed -:2'),
    })
    const undo = await addOnLinux('eth1', address, runner)
    await undo()
    expect(changes(ran).some((line) => line.includes('del'))).toBe(false)
  })

  it('is as good as taken away when the NIC was unplugged', async () => {
    const { runner } = fakeLinux({
      'ip -batch - <<< link': done,
      'ip -batch - <<< address del': failed(1, 'Cannot find device "eth1"'),
    })
    const undo = await addOnLinux('eth1', address, runner)
    await expect(undo()).resolves.toBeUndefined()
  })

  it.each(['', '--help', 'eth1\nlink set dev eth0 down', 'eth 1', 'a-name-that-is-too-long'])(
    'is never handed to a NIC called %j',
    async (nic) => {
      const { ran, runner } = fakeLinux({ ip: done })
      await expect(addOnLinux(nic, address, runner)).rejects.toMatchObject({ code: 'address.failed' })
      expect(ran).toEqual([])
    },
  )
})

describe('an address on a NIC that NetworkManager manages', () => {
  const uuid = '5a731ec7-c941-3935-a83f-536247c23e5d'
  const managed = {
    'nmcli --terse': { ...done, stdout: 'GENERAL.STATE:30 (disconnected)\nGENERAL.CONNECTION:\nGENERAL.CON-UUID:\n' },
    'nmcli connection add': { ...done, stdout: `Connection 'Amorce eth1' (${uuid}) successfully added.\n` },
  }

  it('is a connection of its own, kept in memory, gone afterwards', async () => {
    const { ran, runner } = fakeLinux({ ...managed, nmcli: done })
    const undo = await addOnLinux('eth1', address, runner)
    await undo()
    const [add, up, remove] = changes(ran)
    expect(add).toContain('connection add save no type ethernet')
    expect(add).toContain('ipv4.method manual ipv4.addresses 192.168.60.1/24')
    expect(up).toBe(`nmcli connection up uuid ${uuid} ifname eth1`)
    expect(remove).toBe(`nmcli connection delete uuid ${uuid}`)
    expect(add).not.toContain('connection.permissions')
  })

  it('belongs to the person who asked for it', async () => {
    const { ran, runner } = fakeLinux({ ...managed, nmcli: done }, 'alice')
    await addOnLinux('eth1', address, runner)
    expect(changes(ran)[0]).toContain('connection.permissions user:alice')
  })

  it('is as good as gone when NetworkManager knows it no more', async () => {
    const { runner } = fakeLinux({
      ...managed,
      'nmcli connection delete': failed(10, `Error: unknown connection '${uuid}'.`),
      nmcli: done,
    })
    const undo = await addOnLinux('eth1', address, runner)
    await expect(undo()).resolves.toBeUndefined()
  })

  it('leaves no connection behind when it cannot be brought up', async () => {
    const { ran, runner } = fakeLinux({
      ...managed,
      'nmcli connection up': failed(4, 'Error: Connection activation failed: No suitable device found'),
      nmcli: done,
    })
    await expect(addOnLinux('eth1', address, runner)).rejects.toMatchObject({ code: 'address.failed' })
    expect(ran.at(-1)).toBe(`nmcli connection delete uuid ${uuid}`)
  })

  const active = (name: string, cidr: string): Record<string, CommandResult> => ({
    ...managed,
    'nmcli --terse': {
      ...done,
      stdout: `GENERAL.STATE:100 (connected)\nGENERAL.CONNECTION:${name}\nGENERAL.CON-UUID:0b6a-old\nIP4.ADDRESS[1]:10.0.0.7/8\nIP4.ADDRESS[2]:${cidr}\n`,
    },
    nmcli: done,
  })

  it('that has it already keeps it', async () => {
    const { ran, runner } = fakeLinux(active('Wired connection 1', '192.168.60.1/24'))
    const undo = await addOnLinux('eth1', address, runner)
    await undo()
    expect(changes(ran)).toEqual([])
  })

  it('that has it since Amorce was killed loses it in the end', async () => {
    const { ran, runner } = fakeLinux(active('Amorce eth1', '192.168.60.1/24'))
    const undo = await addOnLinux('eth1', address, runner)
    expect(changes(ran)).toEqual([])
    await undo()
    expect(changes(ran)).toEqual(['nmcli connection delete uuid 0b6a-old'])
  })

  it('does not gather connections of ours', async () => {
    const { ran, runner } = fakeLinux(active('Amorce eth1', '192.168.99.1/24'))
    await addOnLinux('eth1', address, runner)
    expect(changes(ran).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'nmcli connection delete',
      'nmcli connection add',
      'nmcli connection up',
    ])
  })

  it('says so when the person may not', async () => {
    const { runner } = fakeLinux({
      ...managed,
      'nmcli connection add': failed(1, "Error: Failed to add 'Amorce eth1' connection: Insufficient privileges"),
    })
    await expect(addOnLinux('eth1', address, runner)).rejects.toMatchObject({ code: 'address.permission' })
  })

  it.each<[string, CommandResult]>([
    ['leaves it alone', { ...done, stdout: 'GENERAL.STATE:10 (unmanaged)\nGENERAL.CONNECTION:\n' }],
    ['is not running', failed(8, 'Error: NetworkManager is not running.')],
    ['does not know it', failed(10, "Error: Device 'eth1' not found.")],
  ])('goes through ip when NetworkManager %s', async (_, state) => {
    const { ran, runner } = fakeLinux({ nmcli: state, ip: done })
    await addOnLinux('eth1', address, runner)
    expect(ran.at(-1)).toMatch(/^ip -batch/)
  })
})

describe('an address that no machine can have', () => {
  it.each([
    ['192.168.60.0', 24],
    ['192.168.60.255', 24],
    ['127.0.0.1', 8],
    ['192.168.60.1', 31],
    ['192.168.60.1', 24.5],
    ['192.168.60', 24],
    ['::1', 24],
  ])('%s/%s is refused before anything is run', async (text, prefix) => {
    await expect(setAddress('nosuchnic0', { address: text, prefix })).rejects.toMatchObject({ code: 'address.failed' })
  })
})

describe('the PowerShell for Windows', () => {
  it('quotes the NIC, whatever it is called', () => {
    expect(windowsAddScript("L'accès; calc", address)).toContain(
      "-InterfaceAlias 'L''accès; calc' -IPAddress 192.168.60.1",
    )
    expect(windowsRemoveScript('a’b', address)).toContain("-InterfaceAlias 'a’’b'")
  })
})
