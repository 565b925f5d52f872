"""The interface of a Maya, drawn by Qt: main window, event loop with idle time, menus, shelves, workspace controls.

It needs PySide6, and is there where `open_window` was called or ``FARMFUTURES_SIM_WINDOW`` is 1; without it the commands
of the interface are remembered only.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QTabWidget, QToolButton, QVBoxLayout, QWidget

from . import shelves
from .world import World

_COLOURS = {"Window": "#444444", "WindowText": "#eeeeee", "Base": "#2b2b2b", "AlternateBase": "#303030", "Text": "#eeeeee",
            "Button": "#5d5d5d", "ButtonText": "#eeeeee", "Highlight": "#5285a6", "HighlightedText": "#ffffff",
            "PlaceholderText": "#8c8c8c", "Mid": "#373737", "Dark": "#2b2b2b", "Light": "#5d5d5d"}  # fmt: skip
_SAVED = ("label", "uiScript", "requiredPlugin", "checksPlugins", "retain")


def open_window(world: World) -> Window:
    """Opens the main window; its event loop is the one of the process's QApplication, made where there is none."""
    app = QApplication.instance() or QApplication(["maya"])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    app.setPalette(palette())
    world.window = Window(world)
    return world.window


def palette() -> QPalette:
    """Returns colours like those of Maya."""
    made = QPalette()
    for role, colour in _COLOURS.items():
        made.setColor(QPalette.ColorRole[role], QColor(colour))
    return made


def run(script: Any) -> None:
    """Runs what a menu, a shelf or a control was given; what goes wrong is said, as in the script editor."""
    try:
        if callable(script):
            script()
        else:
            exec(script, sys.modules["__main__"].__dict__)
    except Exception:
        traceback.print_exc()


class _Idle(QObject):
    """Hears that something is to be done in idle time."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def wake(self) -> None:
        """Asks for idle time, from any thread."""
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.LowEventPriority.value)

    def event(self, event: QEvent) -> bool:
        """Does one thing."""
        if event.type() == QEvent.Type.User and self._world.deferred:
            run(self._world.deferred.pop(0))
        return super().event(event)


class Window(QMainWindow):
    """``$gMainWindow``."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._idle = _Idle(world)
        self.parts: dict[str, QWidget] = {}
        self.buttons: dict[str, dict[str, QToolButton]] = {}
        """Menus and controls by their names."""
        self.pending: dict[str, dict[str, Any]] = {}
        """Controls whose script waits for a plug-in."""
        self.setObjectName("MayaWindow")
        self.shelves = QTabWidget(self)
        self.setCentralWidget(self.shelves)
        self.resize(960, 540)
        self.show()

    def wake(self) -> None:
        """Asks for idle time for one more thing, from any thread."""
        self._idle.wake()

    # --- menus and shelves

    def add_menu(self, name: str, label: str) -> None:
        """Adds a menu to the menu bar."""
        menu = QMenu(label, self)
        menu.setObjectName(name)
        self.menuBar().addMenu(menu)
        self.parts[name] = menu

    def add_item(self, parent: str, flags: dict[str, Any]) -> None:
        """Adds a line to a menu."""
        menu = self.parts[parent]
        assert isinstance(menu, QMenu)
        if flags.get("divider"):
            menu.addSeparator()
            return
        action = menu.addAction(QIcon(find_icon(flags.get("image", ""))), flags["label"])
        action.setToolTip(flags.get("annotation", ""))
        action.triggered.connect(lambda: run(flags["command"]))

    def load_shelves(self) -> None:
        """Adds a tab for each shelf on MAYA_SHELF_PATH, as Maya does at its start."""
        for name, buttons in shelves.found(os.environ.get("MAYA_SHELF_PATH", "")).items():
            tab = QWidget()
            QVBoxLayout(tab)
            for flags in buttons:
                button = QToolButton(tab)
                button.setObjectName(flags["label"])
                button.setProperty("label", flags["label"])
                button.setProperty("annotation", flags["annotation"])
                button.setProperty("imageOverlayLabel", flags.get("imageOverlayLabel", ""))
                button.setToolTip(flags["annotation"])
                number = sum(map(len, self.buttons.values())) + 1
                self.buttons.setdefault(name, {})[f"shelfButton{number}"] = button
                button.setIcon(QIcon(find_icon(flags["image1"])))
                button.clicked.connect(lambda _=False, script=flags["command"]: run(script))
                tab.layout().addWidget(button)
            self.shelves.addTab(tab, name)

    # --- workspace controls

    def add_control(self, name: str, flags: dict[str, Any]) -> None:
        """Adds a control, docked, and has its script fill it, if the plug-in that it needs is there."""
        dock = QDockWidget(flags.get("label", name), self)
        content = QWidget(dock)
        content.setObjectName(name)
        QVBoxLayout(content).setContentsMargins(0, 0, 0, 0)
        dock.setWidget(content)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.parts[name] = dock
        self.pending[name] = flags
        self.fill_controls()

    def fill_controls(self) -> None:
        """Runs the scripts of the controls whose plug-ins are loaded."""
        for name, flags in list(self.pending.items()):
            if flags.get("requiredPlugin", "") in ("", *self._world.plugins) and flags.get("uiScript"):
                del self.pending[name]
                self._world.parent = name
                run(flags["uiScript"])
                self._world.parent = ""

    def find(self, name: str) -> QWidget | None:
        """Returns a control's widget."""
        part = self.parts.get(name)
        return part.widget() if isinstance(part, QDockWidget) else part

    def remove(self, name: str) -> None:
        """Takes a menu or a control away, with all that is in it."""
        self.pending.pop(name, None)
        part = self.parts.pop(name, None)
        if part is not None:
            part.setParent(None)
            shiboken6.delete(part)

    # --- start and end

    def save_layout(self) -> None:
        """Notes which controls there are, for the next start."""
        controls = {
            name: {flag: flags[flag] for flag in _SAVED if flag in flags}
            for name, flags in self._world.interface.items()
            if flags.get("kind") == "workspaceControl"
        }
        file = _layout_file(self._world)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(controls))

    def restore_layout(self) -> None:
        """Brings back the controls of the last session."""
        file = _layout_file(self._world)
        for name, flags in json.loads(file.read_text()).items() if file and file.is_file() else ():
            self._world.interface[name] = {"kind": "workspaceControl", **flags}
            self.add_control(name, flags)

    def quit(self) -> None:
        """Ends Maya: layout saved, plug-ins unloaded, window gone."""
        from maya import cmds

        self.save_layout()
        self._world.tell("kMayaExiting")
        for plugin in [name for name, about in self._world.plugins.items() if about.get("module")]:
            cmds.unloadPlugin(plugin)
        for name in list(self.parts):
            self.remove(name)
        self._world.window = None
        shiboken6.delete(self._idle)
        shiboken6.delete(self)


def _layout_file(world: World) -> Path | None:
    own = os.environ.get("MAYA_APP_DIR")
    return Path(own, world.version, "prefs", "workspaces", "Maya Classic.json") if own else None


def find_icon(name: str) -> str:
    """Returns the path of an icon on XBMLANGPATH; on Linux its entries may end in ``/%B``."""
    for folder in os.environ.get("XBMLANGPATH", "").split(os.pathsep):
        path = Path(folder.removesuffix("/%B"), name)
        if name and folder and path.is_file():
            return str(path)
    return ""
