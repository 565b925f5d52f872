"""Jobs as a table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from farmfutures import JobInfo, State

from .bar import JOB_ROLE
from .look import COLOURS, icon

COLUMNS = ("Job", "Name", "State", "Progress", "Done", "Time")
JOB, NAME, STATE, PROGRESS, DONE, TIME = range(len(COLUMNS))

Index = QModelIndex | QPersistentModelIndex
_RIGHT = frozenset({JOB, DONE, TIME})
_NOWHERE = QModelIndex()


class JobModel(QAbstractTableModel):
    """The newest jobs, the newest first. What is new is put in and what changed is changed, so that a choice stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[JobInfo] = []
        self._icons = {state: icon(state) for state in State}

    def show(self, jobs: Sequence[JobInfo]) -> None:
        """Makes these the rows."""
        fresh = list(jobs)
        before, after = [job.id for job in self._jobs], [job.id for job in fresh]
        added = after.index(before[0]) if before and before[0] in after else -1
        if added < 0 or after[added:] != before[: len(after) - added]:
            self.beginResetModel()
            self._jobs = fresh
            self.endResetModel()
            return
        self._grow(fresh[:added], len(fresh))
        for row, job in enumerate(fresh):
            if job != self._jobs[row] or not job.state.done:  # The time goes on where nothing else does.
                self._jobs[row] = job
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _grow(self, new: list[JobInfo], length: int) -> None:
        if new:
            self.beginInsertRows(_NOWHERE, 0, len(new) - 1)
            self._jobs[:0] = new
            self.endInsertRows()
        if len(self._jobs) > length:
            self.beginRemoveRows(_NOWHERE, length, len(self._jobs) - 1)
            del self._jobs[length:]
            self.endRemoveRows()

    # --- what Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many jobs."""
        return 0 if parent.isValid() else len(self._jobs)

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
        """A cell."""
        job, column = self._jobs[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _TEXTS[column](job)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(job)
        if role == JOB_ROLE:
            return job
        if column == STATE:
            return self._icons[job.state] if role == Qt.ItemDataRole.DecorationRole else _foreground(job, role)
        return None


def _foreground(job: JobInfo, role: int) -> QColor | None:
    return QColor(COLOURS[job.state]) if role == Qt.ItemDataRole.ForegroundRole else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _done(job: JobInfo) -> str:
    bad = job.counts.get(State.FAILED, 0)
    return f"{job.done:,} / {job.total:,}" + (f", {bad:,} failed" if bad else "")


def _time(job: JobInfo) -> str:
    """How long it has been running, or ran."""
    if job.started_s is None:
        return ""
    seconds = max(0, int((job.finished_s or time.time()) - job.started_s))
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _state(job: JobInfo) -> str:
    return "paused" if job.paused and not job.state.done else str(job.state)


def _id(job: JobInfo) -> str:
    return str(job.id)


def _name(job: JobInfo) -> str:
    return job.name


def _progress(job: JobInfo) -> str:
    return ""  # It is drawn.


_TEXTS = (_id, _name, _state, _progress, _done, _time)


def tip(job: JobInfo) -> str:
    """Returns what there is no column for."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.submitted_s))
    counts = ", ".join(f"{count:,} {state}" for state, count in job.counts.items() if count)
    lines = [f"{job.id}: {job.name}", f"submitted {when} by {job.user or 'nobody'}, priority {job.priority}", counts, job.error]
    return "\n".join(line for line in lines if line)
