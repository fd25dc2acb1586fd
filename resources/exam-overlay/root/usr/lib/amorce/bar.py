"""Shows the lines that come in, the last one, at the top of the screen: for systems with GTK and without dzen2."""
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

window = Gtk.Window(type=Gtk.WindowType.POPUP)
label = Gtk.Label()
window.add(label)
style = Gtk.CssProvider()
style.load_from_data(b"window { background: #312e81 } label { color: #fff; font: 12pt sans-serif }")
Gtk.StyleContext.add_provider_for_screen(Gdk.Screen.get_default(), style, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION)
window.resize(Gdk.Screen.get_default().get_width(), 28)
window.move(0, 0)
window.show_all()


def read(source, _condition):
    line = source.readline()
    if not line:
        Gtk.main_quit()
        return False
    label.set_text(line.rstrip("\n"))
    return True


GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, read)
Gtk.main()
