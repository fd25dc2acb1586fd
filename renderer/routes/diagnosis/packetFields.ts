import { isMessageKey, t, tell } from '../../messages/words.svelte.ts'

/** What a decoded field is, in words; a name that has none (an HTTP header, a new TFTP option) stands as it is. */
export function fieldWords(name: string): string {
  const code = /^option (\d+)/.exec(name)?.[1]
  const key = `packetField.${code === undefined ? name : `option.${code}`}`
  if (isMessageKey(key)) return tell(key)
  return code === undefined ? name : t('packetField.option.other', { code })
}
