import { describe, expect, it } from 'vitest'
import { expand, runIpxeScript, ScriptFailed, ScriptRunaway, type IpxeHost, type ScriptEnd } from './ipxeScript.ts'

const base = 'http://10.0.0.1/boot/first.ipxe'
const settings: Record<string, string> = {
  'net0/mac': 'd8:9e:f3:01:02:0f',
  manufacturer: 'HP & Co',
  platform: 'efi',
}

interface Ran {
  end: ScriptEnd
  fetched: string[]
  slept: number[]
}

async function run(lines: string[], resources: Record<string, string> = {}): Promise<Ran> {
  const fetched: string[] = []
  const slept: number[] = []
  const fetch = (what: string, url: string): string => {
    fetched.push(`${what} ${url}`)
    const text = resources[url]
    if (text === undefined) throw new ScriptFailed(`${url}: 404`)
    return text
  }
  const host: IpxeHost = {
    setting: (name) => settings[name],
    fetchScript: async (url, parameters) => fetch(parameters ? `post ${JSON.stringify(parameters)}` : 'script', url),
    fetchImage: async (kind, url) => void fetch(kind, url),
    sleep: async (seconds) => void slept.push(seconds),
  }
  return { end: await runIpxeScript(['#!ipxe', ...lines].join('\n'), base, host), fetched, slept }
}

const files = { 'http://10.0.0.1/files/vmlinuz': '', 'http://10.0.0.1/files/a.img': '' }

describe('expand', () => {
  it.each([
    ['${net0/mac}', 'd8:9e:f3:01:02:0f'],
    ['${net0/mac:hexhyp}', 'd8-9e-f3-01-02-0f'],
    ['${net0/mac:hexraw}', 'd89ef301020f'],
    ['${manufacturer:uristring}', 'HP%20%26%20Co'],
    ['${manufacturer:hexraw}', '4850202620436f'],
    ['[${unknown}]', '[]'],
    ['${net${index}/mac}', 'd8:9e:f3:01:02:0f'],
    ['$ {platform} ${platform', '$ {platform} ${platform'],
  ])('%s', (text, expected) => {
    expect(expand(text, (name) => (name === 'index' ? '0' : settings[name]))).toBe(expected)
  })
})

describe('a boot script', () => {
  it('chooses a kernel with its command line, fetches initrds and boots', async () => {
    const { end, fetched } = await run(
      [
        '# a comment',
        'echo Starting',
        'set root http://10.0.0.1/files',
        'kernel --name linux ${root}/vmlinuz quiet amorce.mac=${net0/mac}',
        'initrd --name initrd1 ../files/a.img',
        'boot || goto failed',
        ':failed',
      ],
      files,
    )
    expect(end).toEqual({
      kind: 'boot',
      kernel: 'http://10.0.0.1/files/vmlinuz',
      commandLine: 'quiet amorce.mac=d8:9e:f3:01:02:0f',
    })
    expect(fetched).toEqual(['kernel http://10.0.0.1/files/vmlinuz', 'initrd http://10.0.0.1/files/a.img'])
  })

  it('tries again as often as it counts, then gives up', async () => {
    const { end, fetched, slept } = await run([
      'set attempt:int32 1',
      ':again',
      'kernel /missing || goto failed',
      'boot',
      ':failed',
      'iseq ${attempt} 3 && goto givenUp || inc attempt || goto givenUp',
      'sleep 5',
      'goto again',
      ':givenUp',
      'prompt --timeout 120000 ||',
      'reboot || exit 1',
    ])
    expect(end).toEqual({ kind: 'reboot' })
    expect(fetched).toHaveLength(3)
    expect(slept).toEqual([5, 5, 120])
  })

  it('comes back from a chained script, but not from one that replaces it', async () => {
    const chained = {
      'http://10.0.0.1/boot/side.ipxe': '#!ipxe\necho nothing\n',
      'http://10.0.0.1/boot/real.ipxe': '#!ipxe\nexit 1\n',
    }
    const { end, fetched } = await run(
      ['chain side.ipxe', 'chain --autofree --replace real.ipxe || goto failed', ':failed', 'kernel /vmlinuz'],
      chained,
    )
    expect(end).toEqual({ kind: 'exit', failed: true })
    expect(fetched).toEqual(['script http://10.0.0.1/boot/side.ipxe', 'script http://10.0.0.1/boot/real.ipxe'])
  })

  it('posts the parameters that it collected', async () => {
    const url = 'http://10.0.0.1/report'
    const { fetched } = await run(['params', 'param model ${manufacturer}', `chain ${url}##params`], {
      [url]: '#!ipxe\nexit\n',
    })
    expect(fetched).toEqual([`post {"model":"HP & Co"} ${url}`])
  })

  it('goes to the local disk', async () => {
    const { end } = await run(['iseq ${platform} efi && goto next ||', 'sanboot --drive 0x80', ':next', 'exit 0'])
    expect(end).toEqual({ kind: 'exit', failed: false })
  })

  it.each([
    ['an unmet command', ['isset ${nothing}']],
    ['a missing file', ['kernel /missing']],
    ['a missing label', ['goto nowhere']],
    ['boot without a kernel', ['boot']],
    ['an address that is none', ['chain http://[']],
  ])('fails on %s', async (_name, lines) => {
    await expect(run(lines)).rejects.toThrow(ScriptFailed)
  })

  it('is not whatever else a server sends', async () => {
    const nothing = {} as IpxeHost
    await expect(runIpxeScript('<html>', base, nothing)).rejects.toThrow(ScriptFailed)
  })

  it('cannot run for ever', async () => {
    await expect(run([':a', 'goto a || goto a'])).rejects.toThrow(ScriptRunaway)
    await expect(run([`chain ${base}`], { [base]: `#!ipxe\nchain ${base}` })).rejects.toThrow(ScriptRunaway)
  })
})
