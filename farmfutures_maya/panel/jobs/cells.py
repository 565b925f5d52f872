"""How cells are drawn that are more than a text: the state, and how far a job is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from farmfutures import JobInfo, State

from .. import look

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `JobInfo` of a row."""

_BAR, _BAR_FAILED = 8.0, 12.0
_LEAST = 2.0
"""One item that failed of a hundred thousand is seen."""

_PARTS = (State.COMPLETE, State.FAILED, State.KILLED, State.CANCELLED, State.RUNNING, State.STARTING)

Index = QModelIndex | QPersistentModelIndex


class StateDelegate(QStyledItemDelegate):
    """Draws sign and word; where there is no room for the word, the sign."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws a cell."""
        super().paint(painter, option, index)  # The background, chosen or not; the cell itself has no text.
        job: JobInfo | None = index.data(JOB_ROLE)
        if job is None:
            return
        cell, chosen = _cell(option), _is_chosen(option)
        top = cell.center().y() - look.SIGN / 2
        sign = QRectF(cell.left() + look.GAP, top, look.SIGN, look.SIGN)
        look.paint_sign(painter, sign, "paused" if look.is_paused(job) else job.state, chosen)
        word, room = look.word(job), cell.adjusted(2 * look.GAP + look.SIGN, 0, 0, 0)
        if painter.fontMetrics().horizontalAdvance(word) <= room.width():
            painter.setPen(QColor(look.WHITE) if chosen else look.job_colour(job))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), word)


class BarDelegate(QStyledItemDelegate):
    """Draws a bar whose parts are the states of the job's work items, and how much of it is over."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws a cell."""
        super().paint(painter, option, index)
        job: JobInfo | None = index.data(JOB_ROLE)
        if job is None:
            return
        number = painter.fontMetrics().horizontalAdvance("100 %") + look.GAP
        cell = _cell(option).adjusted(look.GAP, 0, -look.GAP, 0)
        with_number = cell.width() > 2 * number
        paint_bar(painter, cell.adjusted(0, 0, -number, 0) if with_number else cell, job.counts, job.total)
        if with_number:
            painter.setPen(QColor(look.WHITE if _is_chosen(option) else look.TEXT))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(cell, right, f"{int(job.fraction * 100)} %")


def paint_bar(painter: QPainter, area: QRectF, counts: Mapping[State, int], total: int) -> None:
    """Draws a bar in the middle of an area. What failed is higher than the rest: it is seen without colours, too."""
    middle = area.center().y()
    painter.fillRect(QRectF(area.left(), middle - _BAR / 2, area.width(), _BAR), QColor(look.SUNK))
    left = area.left()
    for state in _PARTS:
        if count := counts.get(state, 0):
            width = max(_LEAST, area.width() * count / max(1, total))
            height = _BAR_FAILED if state in (State.FAILED, State.KILLED) else _BAR
            left = min(left, area.right() - width)
            painter.fillRect(QRectF(left, middle - height / 2, width, height), look.fill(state))
            left += width


def _cell(option: QStyleOptionViewItem) -> QRectF:
    return QRectF(option.rect)  # type: ignore[attr-defined, unused-ignore]


def _is_chosen(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined, unused-ignore]
