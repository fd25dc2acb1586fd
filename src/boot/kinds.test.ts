import { expect, it } from 'vitest'
import { kindsOf } from './kinds.ts'
import { linuxProfile } from './testing.ts'

it('names a transfer by what the profiles make of the file', () => {
  const kindOf = kindsOf(
    linuxProfile({ kernel: 'a/start.bin', initrds: ['a/first', 'a/second.squashfs'] }),
    linuxProfile({ system: 'windows', kernel: 'win/wimboot', initrds: ['win/BCD'] }),
    linuxProfile({ system: 'localDisk', kernel: '', initrds: [] }),
  )
  const asked = ['a/start.bin', 'a/first', 'a/second.squashfs', 'win/wimboot', 'win/BCD', 'undionly.kpxe', 'signed.img']
  expect(asked.map(kindOf)).toEqual(['kernel', 'initrd', 'initrd', 'kernel', 'initrd', 'loader', 'loader'])
})

it('goes by the name of a file that no profile names', () => {
  const kindOf = kindsOf()
  expect(['b/vmlinuz', 'b/initrd.gz', 'b/live.squashfs', ''].map(kindOf)).toEqual(['kernel', 'initrd', 'file', 'file'])
})
