"""The work items of a job: states to choose from, the strip, what is known of one of them, the table."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from farmfutures import Farm, ItemInfo, JobInfo, State
from farmfutures.job import CODES, STATES

from .. import look
from ..elided import Elided
from ..feed import Feed
from ..flow import Flow
from ..steady import Steady
from ..watch import SHARE
from . import cells, rows
from .model import ItemModel, took
from .strip import Strip
from .table import ItemTable

_CHIPS = (State.FAILED, State.RUNNING, State.PENDING, State.COMPLETE, State.KILLED, State.CANCELLED, State.BLOCKED)
_RUNNING, _COMPLETE = CODES[State.RUNNING], CODES[State.COMPLETE]
_SOON_MS = 30
"""Who scrolls fast asks so often for what comes by."""


class ItemsPane(QWidget):
    """All items of one job.

    Signals:
        moved: The item that is looked at, or the chosen ones, are others.
        opened: Somebody wants to read the log of an item: its index.
        known: The states of all items are known now.
        asked: Somebody wants the menu of the chosen items, at this place of the screen.
    """

    moved = Signal()
    opened = Signal(int)
    known = Signal()
    asked = Signal(QPoint)

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.job: JobInfo | None = None
        self._chosen: list[int] = []
        self._rest_until = 0.0
        """The states of a hundred thousand items are work for the farm: they are asked for as often as `SHARE` allows."""
        self.model = ItemModel(self)
        self.table = ItemTable(self.model, self)
        self.strip = Strip(self)
        self.caption = Elided(parent=self)
        self.caption.setProperty("quiet", True)
        self.chips: dict[State, QToolButton] = {}
        self._states, self._items = Steady(feed, "states", self), Steady(feed, "items", self)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._ask_rows)
        self._lay_out()
        self.strip.picked.connect(self.pick)
        self.strip.opened.connect(self.opened)
        self.table.opened.connect(self.opened)
        self.table.moved.connect(self._has_moved)
        self.table.looked.connect(self._ask_soon)
        for widget in (self.strip, self.table):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(partial(self._ask_menu, widget))
        self._add_actions()

    def _lay_out(self) -> None:
        chips = Flow(gap=look.TIGHT)
        for state in _CHIPS:
            chip = self.chips[state] = QToolButton(self)
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setIcon(look.icon(state))
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setToolTip(f"Show items that are {state}")
            chip.toggled.connect(self._filter)
            chip.hide()
            chips.addWidget(chip)
        chips.setContentsMargins(look.TIGHT, 0, look.TIGHT, 0)
        self.caption.setContentsMargins(look.GAP, 0, look.GAP, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.GAP, 0, 0)
        layout.setSpacing(look.TIGHT)
        layout.addWidget(self.strip)
        layout.addWidget(self.caption)
        layout.addLayout(chips)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.strip)

    # --- what is shown

    def show_job(self, job: JobInfo | None) -> None:
        """Shows a job, or how it stands now."""
        other = job is None or self.job is None or job.id != self.job.id
        self.job = job
        if other:
            self.model.begin()
            self.strip.show_states(b"")
            self.strip.choose(-1, frozenset())
            for chip in self.chips.values():
                chip.setChecked(False)
        if job is not None:
            self.refresh()

    def refresh(self) -> None:
        """Asks how all items stand, and what is known of those in view."""
        if self.job is not None:
            if time.monotonic() >= self._rest_until or not self.model.rows.states:
                self._states.ask(self.job.id, partial(_states, self.job.id), self._show_states, self._is_gone)
            self._ask_soon()

    def _show_states(self, found: tuple[int, bytes, float]) -> None:
        job, states, took_s = found
        self._rest_until = time.monotonic() + took_s / SHARE
        if self.job is None or job != self.job.id:
            return
        chosen, current = self.table.chosen_works(), self.table.current_work()
        self.strip.show_states(states)
        self._count(states)
        self.model.show_states(states, self._only())
        if current >= 0 and self.table.current_work() != current:
            self.table.choose(current, chosen)
        self._caption()
        self._ask_soon()  # The rows are there now; when they were asked for before, there were none.
        self.known.emit()

    def _is_gone(self, error: Exception) -> None:
        self.caption.setText(str(error))

    def _count(self, states: bytes) -> None:
        for state, chip in self.chips.items():
            count = states.count(CODES[state])
            chip.setVisible(bool(count) or chip.isChecked())
            chip.setText(f"{count:,}")
            chip.setAccessibleName(f"{count:,} {state}")

    def _only(self) -> frozenset[State]:
        return frozenset(state for state, chip in self.chips.items() if chip.isChecked())

    def _filter(self) -> None:
        current, chosen = self.table.current_work(), self.table.chosen_works()
        self.model.show_states(self.model.rows.states, self._only())
        if current >= 0:
            self.table.choose(current, chosen)
        self._ask_soon()

    def show_only(self, *states: State) -> None:
        """Shows items in these states; all where there are none."""
        for state, chip in self.chips.items():
            chip.setChecked(state in states)

    def _ask_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _ask_rows(self) -> None:
        if self.job is None:
            return
        wanted = self.model.rows.wanted(*self.table.visible_rows())
        current = self.table.current_work()
        if current >= 0 and current not in wanted:
            wanted.append(current)
        if wanted:
            self._items.ask(self.job.id, partial(_items, self.job.id, wanted), self._learn)

    def _learn(self, found: tuple[int, list[ItemInfo]]) -> None:
        if self.job is not None and found[0] == self.job.id:
            self.model.learn(found[1])
            self._caption()

    # --- what is chosen

    @property
    def current(self) -> int:
        """The item that is looked at, -1 for none."""
        return self.table.current_work()

    def state(self) -> State | None:
        """Returns how the item stands that is looked at."""
        return self.model.rows.state(self.current) if self.current >= 0 else None

    def telling(self) -> int | None:
        """Returns the item that says most of how the job goes: one that failed, that runs, that was done last."""
        states = self.model.rows.states
        for place in (cells.next_bad(states, -1, 1), states.find(_RUNNING), states.rfind(_COMPLETE), 0 if states else -1):
            if place is not None and place >= 0:
                return place
        return None

    def chosen(self) -> list[int]:
        """Returns the chosen items."""
        return self._chosen

    def pick(self, work: int, extend: bool = False) -> None:
        """Goes to an item; one that is not shown is shown."""
        if self.model.rows.row(work) is None:
            self.show_only()
        self.table.choose(work, extend=extend)

    def choose(self, works: list[int]) -> None:
        """Chooses items, and goes to the first."""
        if works:
            self.show_only()
            self.table.choose(works[0], works)

    def go_bad(self, step: int, *_: object) -> None:
        """Goes to the next item that failed, or with -1 to the one before."""
        work = cells.next_bad(self.model.rows.states, self.current if self.current >= 0 else -step, step)
        if work is not None:
            self.pick(work)

    def _has_moved(self) -> None:
        self._chosen = self.table.chosen_works()
        self.strip.choose(self.table.current_work(), frozenset(self._chosen))
        self._caption()
        self._ask_soon()
        self.moved.emit()

    def _caption(self) -> None:
        self.caption.setText(self._describe())

    def _describe(self) -> str:
        """Says what is known of the item that is looked at."""
        work, states = self.current, self.model.rows.states
        if not 0 <= work < len(states):
            each = self.strip.each
            return f"{len(states):,} items" + (f", a cell is {each:,}" if each > 1 else "") if states else ""
        item, state = self.model.item(work), STATES[states[work]]
        chosen = len(self.chosen())
        parts = [f"{chosen:,} chosen" if chosen > 1 else "", item.name if item else f"item {work}", str(state)]
        if item is not None and item.state is state:
            parts += [took(item, state), item.error or ""]
        return "   ".join(part for part in parts if part)

    def _add_actions(self) -> None:
        for text, key, step in (("Next failure", "N", 1), ("Failure before", "Shift+N", -1)):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(self.go_bad, step))
            self.addAction(action)

    def _ask_menu(self, widget: QWidget, place: QPoint) -> None:
        self.asked.emit(widget.mapToGlobal(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More rows may be in view."""
        super().resizeEvent(event)
        self._ask_soon()


def _states(job: int, farm: Farm) -> tuple[int, bytes, float]:
    begin = time.monotonic()
    states = farm.states(job)
    return job, states, time.monotonic() - begin


def _items(job: int, works: list[int], farm: Farm) -> tuple[int, list[ItemInfo]]:
    return job, rows.read(farm, job, works)
