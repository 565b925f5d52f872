"""Jobs as rows: found, sorted, and changed where something changed, so that a choice and the place one looks at stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from farmfutures import JobInfo

from .cells import JOB_ROLE
from .columns import COLUMNS, NAME, PROGRESS, STATE, SUBMITTED, Known, tip
from .eta import Left
from .filters import Filter, count

Index = QModelIndex | QPersistentModelIndex

MANY_RUNS = 40
"""When rows come or go at more places than this, the table is told to begin anew: that is quicker, and the choice is put back."""

USUAL = 1280
"""So many items a job may have without that columns must be wider."""

_NOWHERE = QModelIndex()
_DRAWN = frozenset({STATE, PROGRESS})


class JobModel(QAbstractTableModel):
    """The jobs that a filter finds, in the order that was asked for; the newest first, where none was.

    Signals:
        counted: How many jobs of each kind there are, whatever kinds are chosen.
        grown: The largest job is larger than before.
    """

    counted = Signal(object)
    grown = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._clock = clock
        self._all: Sequence[JobInfo] = ()
        self._left: Mapping[int, Left] = {}
        self._rows: list[JobInfo] = []
        self._filter = Filter()
        self._sorted = (SUBMITTED, True)
        self._now_s = clock()
        self._short: set[int] = set()
        self.largest = USUAL
        """How many items the largest job has had that there was."""

    # --- what is shown

    def take(self, jobs: Sequence[JobInfo], left: Mapping[int, Left] | None = None) -> None:
        """Shows these jobs, as far as the filter finds them."""
        self._all, self._left = jobs, left or {}
        self._now_s = self._clock()
        self._refresh()
        largest = max((job.total for job in jobs), default=0)
        if largest > self.largest:
            self.largest = largest
            self.grown.emit()

    def find(self, wanted: Filter) -> None:
        """Shows what another filter finds."""
        self._filter = wanted
        self._refresh()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Puts the rows into another order. The table's header calls this."""
        self._sorted = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else (SUBMITTED, True)
        self._refresh()

    @property
    def filter(self) -> Filter:
        """What is looked for."""
        return self._filter

    @property
    def known(self) -> int:
        """How many jobs there are, found or not."""
        return len(self._all)

    def job_at(self, row: int) -> JobInfo:
        """Returns the job of a row."""
        return self._rows[row]

    def rows_of(self, numbers: set[int]) -> list[int]:
        """Returns the rows of some jobs, as far as they are shown."""
        return [row for row, job in enumerate(self._rows) if job.id in numbers]

    def _refresh(self) -> None:
        found = self._filter.found(self._all)
        self._become(self._in_order(self._filter.of_kind(found)))
        self.counted.emit(count(found))

    def _in_order(self, jobs: list[JobInfo]) -> list[JobInfo]:
        column, falling = self._sorted
        order = COLUMNS[column].order
        jobs.sort(key=lambda job: job.id, reverse=True)
        jobs.sort(key=lambda job: order(self._know(job)), reverse=falling)
        return jobs

    def _know(self, job: JobInfo) -> Known:
        return Known(job, self._left.get(job.id), self._now_s)

    # --- from these rows to those

    def _become(self, fresh: list[JobInfo]) -> None:
        before, after = {job.id for job in self._rows}, {job.id for job in fresh}
        gone = _runs([row for row, job in enumerate(self._rows) if job.id not in after])
        come = _runs([row for row, job in enumerate(fresh) if job.id not in before])
        if len(gone) + len(come) > MANY_RUNS:
            self.beginResetModel()
            self._rows = fresh
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NOWHERE, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        self._reorder([job for job in fresh if job.id in before])
        for first, last in come:
            self.beginInsertRows(_NOWHERE, first, last)
            self._rows[first:first] = fresh[first : last + 1]
            self.endInsertRows()

    def _reorder(self, fresh: list[JobInfo]) -> None:
        """Takes the same jobs in another order, or changed ones in the same."""
        if [job.id for job in self._rows] == [job.id for job in fresh]:
            self._change(fresh)
            return
        self.layoutAboutToBeChanged.emit()
        places = {job.id: row for row, job in enumerate(fresh)}
        before = self.persistentIndexList()
        after = [self.index(places[self._rows[index.row()].id], index.column()) for index in before]
        self._rows = fresh
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _change(self, fresh: list[JobInfo]) -> None:
        """One signal for all that changed: the table draws what of it is seen. The time goes on where nothing else does."""
        changed = [row for row, job in enumerate(fresh) if job is not self._rows[row] or not job.state.done]
        self._rows = fresh
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(COLUMNS) - 1))

    # --- what Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many jobs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, aligned as what is under them."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if section in self._short else COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[section]
        return (COLUMNS[section].tip or COLUMNS[section].title) if role == Qt.ItemDataRole.ToolTipRole else None

    def be_short(self, column: int, short: bool) -> None:
        """Leaves out the name of a column that is too narrow for it, or not."""
        if short != (column in self._short):
            (self._short.add if short else self._short.discard)(column)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return None if column in _DRAWN else COLUMNS[column].text(self._know(self._rows[index.row()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[column]
        if role == JOB_ROLE:
            return self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._rows[index.row()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _said(self._know(self._rows[index.row()]), column)
        return None


def _said(known: Known, column: int) -> str:
    """What somebody hears who does not see the table."""
    if column == PROGRESS:
        return f"{int(known.job.fraction * 100)} percent"
    return COLUMNS[column].text(known) if column == NAME else f"{COLUMNS[column].title}: {COLUMNS[column].text(known)}"


def _alignment(right: bool) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


_ALIGNMENTS = tuple(_alignment(column.right) for column in COLUMNS)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Returns the first and the last row of each run of rows that follow one another."""
    if not rows:
        return []
    breaks = [(before, after) for before, after in pairwise(rows) if after != before + 1]
    firsts = [rows[0], *(after for _, after in breaks)]
    return list(zip(firsts, [*(before for before, _ in breaks), rows[-1]], strict=True))
