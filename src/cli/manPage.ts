import type { Language } from '../contract/index.ts'
import { exitRows, optionLabel, usageOf } from './help.ts'
import { commandNames, commonOptions, specOf } from './table.ts'
import { tableWords } from './tableWords.ts'

/** The manual page, man(7), from the command table. `amorce man | man -l -` shows it. */
export function manPage(language: Language, version: string): string {
  const words = tableWords[language]
  const option = (name: Parameters<typeof optionLabel>[0]): string[] => [
    '.TP',
    `.B ${escaped(optionLabel(name, words))}`,
    escaped(sentence(words.option[name])),
  ]
  const commands = commandNames.flatMap((name) => [
    `.SS ${escaped(usageOf(name, words))}`,
    escaped(sentence(words.summary[name])),
    ...(words.detail[name] ? [escaped(words.detail[name])] : []),
    ...specOf(name).options.flatMap(option),
    ...exitRows(name, words).flatMap(([code, said]) => ['.TP', `.B ${code}`, escaped(sentence(said))]),
  ])
  return [
    `.TH AMORCE 1 "" "Amorce ${version}"`,
    `.SH ${words.man.name}`,
    `amorce \\- ${escaped(words.tagline)}`,
    `.SH ${words.man.synopsis}`,
    ...commandNames.flatMap((name, index) => [...(index > 0 ? ['.br'] : []), `.B ${escaped(usageOf(name, words))}`]),
    `.SH ${words.man.description}`,
    ...commands,
    `.SH ${words.options.replace(/\s*:$/, '').toUpperCase()}`,
    ...commonOptions.flatMap(option),
    `.SH ${words.man.environment}`,
    ...Object.entries(words.environment).flatMap(([name, said]) => ['.TP', `.B ${name}`, escaped(said)]),
    `.SH ${words.man.files}`,
    ...['.TP', '.I ~/.config/Amorce', escaped(words.files.data)],
    '',
  ].join('\n')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** roff takes a backslash, a leading dot or apostrophe and a bare hyphen for its own. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')
