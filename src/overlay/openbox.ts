import type { ExamRules } from '../contract/index.ts'

/** With them a browser opens another window, which has an address bar; no page is asked first. */
const windowKeys = ['C-n', 'C-S-n', 'C-t', 'C-S-t']
/** With them it covers a page with files, or with pages of its own; a page may have a use for them, and the exam's has none. */
const coveringKeys = ['C-o', 'C-S-o', 'C-h', 'C-j', 'C-u', 'C-S-Delete', 'A-S-i', 'F1', 'S-Escape']

const keysTaken: Record<ExamRules['kiosk'], readonly string[]> = {
  exam: [...windowKeys, ...coveringKeys],
  address: windowKeys,
  // An editor has them for its files.
  applications: [],
}

/**
 * openbox with no key but those that move between windows, room for the bar, and the menu of the exam's programs. The keys of a
 * browser that has one page to show are taken, and do nothing.
 */
export const openboxConfig = (kiosk: ExamRules['kiosk']): string => `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <margins><top>28</top><bottom>0</bottom><left>0</left><right>0</right></margins>
  <desktops><number>1</number></desktops>
  <keyboard>
    <keybind key="A-Tab"><action name="NextWindow"/></keybind>
    <keybind key="A-F4"><action name="Close"/></keybind>
${keysTaken[kiosk].map((key) => `    <keybind key="${key}"><action name="Focus"/></keybind>\n`).join('')}  </keyboard>
  <mouse>
    <context name="Root">
      <mousebind button="Left" action="Press"><action name="ShowMenu"><menu>root-menu</menu></action></mousebind>
      <mousebind button="Right" action="Press"><action name="ShowMenu"><menu>root-menu</menu></action></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Titlebar">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Maximize">
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Close"><mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="BRCorner">
      <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
    </context>
  </mouse>
  <menu><file>/etc/amorce/menu.xml</file></menu>
</openbox_config>
`

/** @param programs names of commands; they were checked to hold nothing that XML would see. */
export const openboxMenu = (programs: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<openbox_menu xmlns="http://openbox.org/3.4/menu">
  <menu id="root-menu" label="Examen">
${programs.map((name) => `    <item label="${name}"><action name="Execute"><command>${name}</command></action></item>\n`).join('')}  </menu>
</openbox_menu>
`
