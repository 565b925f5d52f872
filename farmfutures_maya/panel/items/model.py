"""Work items as a table of any length: a row costs nothing until somebody looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from farmfutures import ItemInfo, State

from .. import look, words
from .rows import Rows

COLUMNS = ("Item", "Name", "State", "Attempt", "Worker", "Elapsed", "Progress", "Why it ended")
ITEM, NAME, STATE, ATTEMPT, WORKER, ELAPSED, PROGRESS, REASON = range(len(COLUMNS))

FRACTION_ROLE = Qt.ItemDataRole.UserRole + 1
"""How far an item is, between 0 and 1, or None."""

WORK_ROLE = Qt.ItemDataRole.UserRole + 2
"""The index of an item."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = frozenset({ITEM, ATTEMPT, WORKER, ELAPSED})


class ItemModel(QAbstractTableModel):
    """The items of one job."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows()

    def begin(self) -> None:
        """Another job is shown, of which nothing is known yet."""
        self.beginResetModel()
        self.rows = Rows()
        self.endResetModel()

    def show_states(self, states: bytes, only: frozenset[State] = frozenset()) -> None:
        """Shows how all items stand, or those of some states only."""
        works = self.rows.chosen(states, only)
        if self.rows.shows(works):
            self.rows.become(states, only, works)
            if len(works):
                self.dataChanged.emit(self.index(0, 0), self.index(len(works) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows.become(states, only, works)
        self.endResetModel()

    def learn(self, items: list[ItemInfo]) -> None:
        """Shows what was asked for."""
        self.rows.learn(items)
        rows = [row for item in items if (row := self.rows.row(item.work_id)) is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(COLUMNS) - 1))

    def item(self, work: int) -> ItemInfo | None:
        """Returns what is known of an item."""
        return self.rows.known.get(work)

    # --- what Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many items."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, aligned as what is under them."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell. What is not known yet is empty, but its state."""
        work, column = self.rows.work(index.row()), index.column()
        item = self.rows.known.get(work)
        if role == Qt.ItemDataRole.DisplayRole:
            return _TEXTS[column](work, self.rows.state(work), item)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == WORK_ROLE:
            return work
        if role == FRACTION_ROLE:
            return _fraction(self.rows.state(work), item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.error if item is not None and column == REASON else None
        if column == STATE and role == Qt.ItemDataRole.DecorationRole:
            return look.icon(self.rows.state(work))
        if column == STATE and role == Qt.ItemDataRole.ForegroundRole:
            return look.colour(self.rows.state(work))
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def took(item: ItemInfo, state: State) -> str:
    """Returns how long an item has been running, or ran."""
    if item.started_s is None or state in (State.PENDING, State.BLOCKED):
        return ""
    seconds = (item.finished_s or time.time()) - item.started_s
    return f"{max(0.0, seconds):.2f} s" if seconds < 10 and item.finished_s else words.clock(seconds)


def _fraction(state: State, item: ItemInfo | None) -> float | None:
    said = item.progress if item is not None and state is State.RUNNING else None
    return said.fraction if said is not None else None


def _progress(work: int, state: State, item: ItemInfo | None) -> str:
    if item is None or item.progress is None or state is not State.RUNNING:
        return ""
    said = item.progress
    done = f"{said.done:g}" if said.fraction is None else f"{said.fraction:.0%}"
    return f"{done}  {said.message}".strip()


def _reason(work: int, state: State, item: ItemInfo | None) -> str:
    return (item.error or "") if item is not None and item.state is state else ""


def _attempt(work: int, state: State, item: ItemInfo | None) -> str:
    if item is None or not item.attempt:
        return ""
    return str(item.attempt) if item.attempts == 1 else f"{item.attempt} of {item.attempts}"


def _worker(work: int, state: State, item: ItemInfo | None) -> str:
    return "" if item is None or item.worker is None or state is State.PENDING else str(item.worker)


def _elapsed(work: int, state: State, item: ItemInfo | None) -> str:
    return "" if item is None else took(item, state)


Text = Callable[[int, State, "ItemInfo | None"], str]
_TEXTS: tuple[Text, ...] = (
    lambda work, state, item: f"{work:,}",
    lambda work, state, item: "" if item is None else item.name,
    lambda work, state, item: str(state),
    _attempt, _worker, _elapsed, _progress, _reason,
)  # fmt: skip
