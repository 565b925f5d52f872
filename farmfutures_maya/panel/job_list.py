"""The job list: what is on the farm, looked at again and again as long as somebody sees it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from . import model
from .bar import BarDelegate
from .feed import Feed
from .watch import Seen

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

LIMIT = 200
"""So many of the newest jobs are shown."""

_NONE_YET = "No jobs yet.\nFarmFutures > Run Python on the Farm... makes one."
_WIDTHS = {model.JOB: 52, model.STATE: 104, model.PROGRESS: 150, model.DONE: 148, model.TIME: 64}


class JobList(QWidget):
    """A table of jobs and a line about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FarmFuturesJobList")
        self.model = model.JobModel(self)
        self.table = self._table()
        self.line = QLabel("Asking the farm...", self)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line.setWordWrap(True)
        self.line.setContentsMargins(6, 2, 6, 4)
        self.empty = QLabel(self.table.viewport())
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.table.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.line)
        self.feed = Feed(LIMIT, self)
        self.feed.seen.connect(self.show_seen)

    def _table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setItemDelegateForColumn(model.PROGRESS, BarDelegate(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setIconSize(QSize(14, 14))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(model.NAME, QHeaderView.ResizeMode.Stretch)
        return table

    def show_seen(self, seen: Seen) -> None:
        """Shows what a look at the farm brought; where it brought none, what was known stays."""
        if seen.jobs is not None:
            self.model.show(seen.jobs)
        rows = self.model.rowCount()
        self.empty.setText("" if rows or seen.trouble else _NONE_YET)
        self.line.setText(seen.trouble or _summary(seen))

    def sizeHint(self) -> QSize:
        """Wide enough for all columns."""
        return QSize(760, 320)

    # --- events

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: ask."""
        super().showEvent(event)
        self.feed.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: a tab behind others costs nothing."""
        self.feed.stop()
        super().hideEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keeps the text over an empty table in its middle."""
        if event.type() == QEvent.Type.Resize:
            self.empty.resize(self.table.viewport().size())
        return False


def _summary(seen: Seen) -> str:
    jobs = seen.jobs or ()
    active = sum(not job.state.done for job in jobs)
    many = f"the newest {LIMIT} jobs" if len(jobs) == LIMIT else f"{len(jobs)} job{'s' * (len(jobs) != 1)}"
    return f"{many}, {active} active    {time.strftime('%H:%M:%S', time.localtime(seen.at_s))}"
