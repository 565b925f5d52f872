"""The field to search in a log: how many lines have it, and the way from one to the next."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from .. import look
from ..buttons import switch, tool
from ..flow import Flow
from .file import Wanted

_TYPING_MS = 200


class Finder(QWidget):
    """Search field, count, up and down.

    Signals:
        changed: A `Wanted`, or None where nothing is searched for.
        gone: The line to go to.
    """

    changed = Signal(object)
    gone = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = array("Q")
        self._all = True
        self._at = -1
        self.field = _Field(self)
        self.field.setPlaceholderText("Search")
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(110)
        self.case = switch("Aa", "Letters as they stand: capital or small", lambda on: self._change(), self)
        self.count = QLabel(self)
        self.count.setProperty("quiet", True)
        self.up = tool("up", "To the last one before (Shift+Enter)", lambda: self.step(-1), self)
        self.down = tool("down", "To the next one (Enter)", lambda: self.step(1), self)
        layout = Flow(self, gap=look.TIGHT)
        for widget in (self.field, self.case, self.up, self.down, self.count):
            layout.addWidget(widget)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self._change)
        self.field.textChanged.connect(self._typing.start)
        self.field.stepped.connect(self.step)
        self._say()

    @property
    def wanted(self) -> Wanted | None:
        """What is searched for."""
        return Wanted(self.field.text(), self.case.isChecked()) if self.field.text() else None

    def _change(self) -> None:
        self._typing.stop()
        self.lines, self._at, self._all = array("Q"), -1, self.wanted is None
        self._say()
        self.changed.emit(self.wanted)

    def found(self, lines: array[int], *, all_read: bool) -> None:
        """Takes in lines that have it."""
        first = not self.lines and len(lines)
        self.lines.extend(lines)
        self._all = all_read
        if first and self._at < 0:
            self.step(1)
        self._say()

    def start_again(self) -> None:
        """The log is another one."""
        self.lines, self._at, self._all = array("Q"), -1, self.wanted is None
        self._say()

    def step(self, step: int) -> None:
        """Goes on, around the ends."""
        if self._typing.isActive():
            self._change()
        elif self.lines:
            self._at = (self._at + step) % len(self.lines)
            self._say()
            self.gone.emit(self.lines[self._at])

    def start_from(self, line: int) -> None:
        """The next one is the next after this line."""
        self._at = bisect_right(self.lines, line) - 1 if self.lines else -1

    def _say(self) -> None:
        more = "" if self._all else "…"
        if self.wanted is None:
            text = ""
        elif not self.lines:
            text = "none" if self._all else "searching…"
        else:
            text = f"{self._at + 1:,} of {len(self.lines):,}{more}"
        self.count.setText(text)
        for button in (self.up, self.down):
            button.setEnabled(bool(self.lines))


class _Field(QLineEdit):
    """Enter goes on, with Shift back."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Takes Enter for itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)
