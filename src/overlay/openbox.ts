/** With them a browser opens windows that have an address bar, and covers the exam's page with its own or with files. */
const keysOfBrowsers = 'C-n C-S-n C-t C-S-t C-o C-S-o C-h C-j C-u C-S-Delete A-S-i F1 S-Escape'.split(' ')

/**
 * openbox with no key but those that move between windows, room for the bar, and the menu of the exam's programs.
 * @param isPage there is nothing but a browser with one page, which then does without keys of its own.
 */
export const openboxConfig = (isPage: boolean): string => `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <margins><top>28</top><bottom>0</bottom><left>0</left><right>0</right></margins>
  <desktops><number>1</number></desktops>
  <keyboard>
    <keybind key="A-Tab"><action name="NextWindow"/></keybind>
    <keybind key="A-F4"><action name="Close"/></keybind>
${isPage ? keysOfBrowsers.map((key) => `    <keybind key="${key}"><action name="Focus"/></keybind>\n`).join('') : ''}  </keyboard>
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
