"""The table of work items."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from .. import look
from . import model
from .model import ItemModel

_WIDTHS = {
    model.ITEM: 58,
    model.NAME: 110,
    model.STATE: 92,
    model.ATTEMPT: 62,
    model.WORKER: 58,
    model.ELAPSED: 66,
    model.PROGRESS: 110,
}
_SPARED = (model.WORKER, model.ITEM, model.ATTEMPT, model.PROGRESS, model.ELAPSED)
"""Columns that go, one after the other, where there is little room."""

_REASON_WIDTH = 120
_BAR = 3


class ItemTable(QTableView):
    """Shows an `ItemModel`.

    Signals:
        looked: Other rows have come into view.
        moved: The current item or the chosen ones are others.
        opened: The index of an item that was double-clicked, or Enter was pressed on.
    """

    looked = Signal()
    moved = Signal()
    opened = Signal(int)

    def __init__(self, items: ItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = items
        self.setModel(items)
        self.setItemDelegateForColumn(model.PROGRESS, _ProgressDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # Columns go instead.
        self.setTabKeyNavigation(False)  # Tab leaves the table, as it came.
        self.setAccessibleName("Work items, one a row")
        self._shape_headers()
        self.verticalScrollBar().valueChanged.connect(self.looked)
        self.selectionModel().selectionChanged.connect(self.moved)
        self.selectionModel().currentChanged.connect(self.moved)
        self.activated.connect(self._open)

    def _shape_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # No row is measured, however many there are.
        rows.setDefaultSectionSize(look.row_height(self))
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        for column, width in _WIDTHS.items():
            columns.resizeSection(column, width)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.items.rows.work(index.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out columns where there is no room for all."""
        super().resizeEvent(event)
        room = (
            self.viewport().width() - _REASON_WIDTH - sum(self.columnWidth(column) or 0 for column in (model.NAME, model.STATE))
        )
        for column in reversed(_SPARED):
            room -= _WIDTHS[column]
            self.setColumnHidden(column, room < 0)

    def visible_rows(self) -> tuple[int, int]:
        """Returns the first and the last row in view."""
        height = self.viewport().height()
        first, last = self.rowAt(0), self.rowAt(height - 1)
        return max(0, first), last if last >= 0 else len(self.items.rows) - 1

    # --- what is chosen

    def current_work(self) -> int:
        """Returns the item that is looked at, -1 for none."""
        index = self.currentIndex()
        return self.items.rows.work(index.row()) if index.isValid() and index.row() < len(self.items.rows) else -1

    def chosen_works(self) -> list[int]:
        """Returns the chosen items, in order."""
        rows = self.items.rows
        ranges = list(cast("Any", self.selectionModel().selection()))  # The stubs do not know that it is a list.
        return sorted({rows.work(row) for part in ranges for row in range(part.top(), part.bottom() + 1) if row < len(rows)})

    def choose(self, current: int, works: list[int] | None = None, *, extend: bool = False) -> None:
        """Chooses items, and goes to one of them.

        Args:
            current: Where to go.
            works: Which to choose; only that one where it is None.
            extend: Keep what is chosen, up to that one.
        """
        row = self.items.rows.row(current)
        if row is None:
            return
        index, selection = self.items.index(row, 0), QItemSelection()
        if extend and self.currentIndex().isValid():
            anchor = self._anchor if self._anchor is not None else self.currentIndex().row()
            self._anchor = anchor
            selection.select(self.items.index(min(anchor, row), 0), self.items.index(max(anchor, row), 0))
        else:
            self._anchor = None
            for work in works or [current]:
                place = self.items.rows.row(work)
                if place is not None:
                    selection.select(self.items.index(place, 0), self.items.index(place, 0))
        how = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, how.NoUpdate)
        self.selectionModel().select(selection, how.ClearAndSelect | how.Rows)
        self.scrollTo(index)

    _anchor: int | None = None
    """From where a choice was extended."""


class _ProgressDelegate(QStyledItemDelegate):
    """Draws how far an item is, under what it says."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draws a cell."""
        super().paint(painter, option, index)
        fraction = index.data(model.FRACTION_ROLE)
        if fraction is None:
            return
        cell: QRect = option.rect  # type: ignore[attr-defined, unused-ignore]
        track = QRect(cell.left() + 4, cell.bottom() - _BAR - 1, cell.width() - 8, _BAR)
        painter.fillRect(track, QColor(look.SUNK))
        chosen = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined, unused-ignore]
        track.setWidth(int(track.width() * fraction))
        painter.fillRect(track, QColor(look.WHITE) if chosen else QColor(look.NEWS))
