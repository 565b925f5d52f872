"""The panel's head: what to look for, how many there are of each kind, whose jobs, and how well the farm answers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from farmfutures import State
from farmfutures.settings import os_user

from . import look, words
from .feed import Health
from .flow import Flow
from .jobs.filters import KINDS, Filter

NARROW = 460
"""In a panel that is not wider than this, words give way to signs and numbers."""

_SIGNS: Mapping[str, State | str] = {
    "running": State.RUNNING, "waiting": State.PENDING, "paused": "paused", "failed": State.FAILED, "complete": State.COMPLETE,
    "stopped": State.CANCELLED,
}  # fmt: skip
_TIPS = {
    "running": "Jobs that run", "waiting": "Jobs of which nothing has begun", "paused": "Jobs of which no more items begin",
    "failed": "Jobs that are over, in which something failed", "complete": "Jobs that went well",
    "stopped": "Jobs that were cancelled or killed",
}  # fmt: skip
_HEALTH = {"asking": "asking", "slow": "slow", "down": "no answer", "held": "holding still"}
_TYPING_MS = 60
"""Keys that follow one another faster than this are searched for together."""


class Chip(QToolButton):
    """A kind of jobs, with how many there are of it. When it is on, jobs of its kind are shown."""

    def __init__(self, kind: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self._count, self._narrow = 0, False
        self.setProperty("chip", True)
        self.setCheckable(True)
        self.setIcon(look.icon(_SIGNS[kind]))
        self.setIconSize(QSize(look.SIGN, look.SIGN))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(_TIPS[kind])
        self._write()

    def show_count(self, count: int) -> None:
        """Says how many there are."""
        if count != self._count:
            self._count = count
            self._write()

    def be_narrow(self, narrow: bool) -> None:
        """Leaves the word out, or not."""
        self._narrow = narrow
        self._write()

    def _write(self) -> None:
        self.setText(f" {self._count:,}" if self._narrow else f" {self.kind.capitalize()} {self._count:,}")
        none = not self._count
        if self.property("none") != none:
            self.setProperty("none", none)
            self.style().polish(self)
        self.setAccessibleName(f"{self.kind}: {self._count}")


class Header(QWidget):
    """The head of the panel.

    Signals:
        wanted: A `Filter`: something else is looked for.
        submit: Somebody wants to submit a job.
    """

    wanted = Signal(object)
    submit = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = False
        self._health = Health()
        self.search = self._make_search()
        self.mine = self._make_mine()
        self.new = QPushButton("Submit...", self)
        self.new.setProperty("primary", True)
        self.new.setToolTip("Hand work to the farm")
        self.new.clicked.connect(self.submit)
        self.menu = QToolButton(self)
        self.menu.setIcon(look.icon("menu"))
        self.menu.setToolTip("Columns, keys, about")
        self.menu.setAccessibleName("Menu")
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.chips = {kind: Chip(kind, self) for kind in KINDS}
        self.state = QLabel("", self)
        self.state.setProperty("quiet", True)
        for chip in self.chips.values():
            chip.toggled.connect(self._want)
        self._lay()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.addAction(look.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        search.setPlaceholderText("Search jobs")
        search.setAccessibleName("Search jobs")
        search.setToolTip("Words that are in the number, the name, the user or the engine of a job")
        search.setClearButtonEnabled(True)
        search.setMinimumWidth(70)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._want)
        search.textChanged.connect(self._typed)
        return search

    def _make_mine(self) -> QToolButton:
        mine = QToolButton(self)
        mine.setCheckable(True)
        mine.setIcon(look.icon("mine"))
        mine.setText(" Mine")
        mine.setIconSize(QSize(look.SIGN, look.SIGN))
        mine.setAccessibleName("Only my jobs")
        mine.setToolTip(f"Only jobs of {os_user()}")
        mine.setProperty("chip", True)
        mine.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        mine.toggled.connect(self._want)
        return mine

    def _lay(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(look.GAP)
        above.addWidget(self.search, 1)
        above.addWidget(self.new)
        above.addWidget(self.menu)
        chips = QWidget(self)
        flow = Flow(chips, gap=look.TIGHT)
        for chip in (*self.chips.values(), self.mine):
            flow.addWidget(chip)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        below = QHBoxLayout()
        below.setSpacing(look.GAP)
        below.addWidget(chips, 1)
        below.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(look.GAP, look.GAP, look.GAP, look.GAP)
        lines.setSpacing(look.GAP)
        lines.addLayout(above)
        lines.addLayout(below)

    # --- what is looked for

    @property
    def filter(self) -> Filter:
        """What is looked for."""
        kinds = frozenset(kind for kind, chip in self.chips.items() if chip.isChecked())
        return Filter(self.search.text(), kinds, os_user() if self.mine.isChecked() else "")

    def _typed(self, _: str) -> None:
        self._typing.start()

    def _want(self) -> None:
        self.wanted.emit(self.filter)

    def clear(self) -> None:
        """Looks for everything."""
        self.search.clear()
        for chip in self.chips.values():
            chip.setChecked(False)

    # --- what is said

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Says how many jobs there are of each kind."""
        for kind, chip in self.chips.items():
            chip.show_count(counts.get(kind, 0))

    def show_health(self, health: Health, engine: str) -> None:
        """Says how well the farm answers, and how old is what is known."""
        self._health, self._engine = health, engine
        known = "" if health.known_s is None else words.age(health.known_s)
        said = {**_HEALTH, "fine": f"seen {known}"}[health.kind]
        self.state.setText(said.removeprefix("seen ") if self._narrow else f"{engine or 'farm'}, {said}")
        self.state.setToolTip(health.sentence or (f"Last asked {known}" if known else "The farm is asked for the first time"))

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Words give way where there is little room."""
        super().resizeEvent(event)
        narrow = event.size().width() <= NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            for chip in self.chips.values():
                chip.be_narrow(narrow)
            style = Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            self.mine.setToolButtonStyle(style)
            self.new.setText("Submit" if narrow else "Submit...")
            self.show_health(self._health, getattr(self, "_engine", ""))
