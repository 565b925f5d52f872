"""The bar that says how far a job is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from farmfutures import JobInfo, State

from .look import COLOURS

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `JobInfo` of a row."""

_TRACK = "#1f1f1f"
_BAR_HEIGHT = 10
_PERCENT_WIDTH = 44


class BarDelegate(QStyledItemDelegate):
    """Draws how far a job is: a bar whose parts are the states of its work items, and the number."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draws a cell."""
        super().paint(painter, option, index)  # The background, chosen or not; the cell itself has no text.
        job: JobInfo | None = index.data(JOB_ROLE)
        if job is None:
            return
        painter.save()
        cell = QRectF(option.rect).adjusted(8, 0, -4, 0)  # type: ignore[attr-defined, unused-ignore]
        bar = QRectF(cell.left(), cell.center().y() - _BAR_HEIGHT / 2, cell.width() - _PERCENT_WIDTH, _BAR_HEIGHT)
        painter.fillRect(bar, QColor(_TRACK))
        left = bar.left()
        for state in (State.COMPLETE, State.FAILED, State.KILLED, State.CANCELLED):
            width = bar.width() * job.counts.get(state, 0) / (job.total or 1)
            painter.fillRect(QRectF(left, bar.top(), width, bar.height()), QColor(COLOURS[state]))
            left += width
        chosen = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined, unused-ignore]
        role = option.palette.ColorRole.HighlightedText if chosen else option.palette.ColorRole.Text  # type: ignore[attr-defined, unused-ignore]
        painter.setPen(option.palette.color(role))  # type: ignore[attr-defined, unused-ignore]
        painter.drawText(cell, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{int(job.fraction * 100)} %")
        painter.restore()
