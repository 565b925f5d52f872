"""How states look: by colour, by sign and by word, so that any one of them may be missing. Signs are drawn, not typed:
no font of an artist's machine need have them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from farmfutures import JobInfo, State

COLOURS = {
    State.BLOCKED: "#a8a8a8",
    State.PENDING: "#d0d0d0",
    State.STARTING: "#6cc7d9",
    State.RUNNING: "#6db3f2",
    State.COMPLETE: "#7ccf7c",
    State.FAILED: "#ff8a80",
    State.CANCELLED: "#e3b341",
    State.KILLED: "#d99ae6",
}
"""On Maya's dark grey; the contrast of each is tested."""

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `JobInfo` of a row."""

_SIZE = 14
_SCALE = 2  # For screens with small pixels; others scale it down.
_TRACK = "#1f1f1f"
_BAR_HEIGHT = 10
_PERCENT_WIDTH = 44


def icon(state: State) -> QIcon:
    """Returns the sign of a state; in a row that is chosen it is white, as the words there are."""
    made = QIcon()
    made.addPixmap(_drawn(state, QColor(COLOURS[state])), QIcon.Mode.Normal)
    made.addPixmap(_drawn(state, QColor(Qt.GlobalColor.white)), QIcon.Mode.Selected)
    return made


def _drawn(state: State, colour: QColor) -> QPixmap:
    pixmap = QPixmap(_SIZE * _SCALE, _SIZE * _SCALE)
    pixmap.setDevicePixelRatio(_SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.8))
    _SIGNS[state](painter, colour)
    painter.end()
    return pixmap


_CIRCLE = QRectF(2.5, 2.5, 9, 9)


def _dashed(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.DotLine))
    painter.drawEllipse(_CIRCLE)


def _ring(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)


def _quarter(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)
    painter.setBrush(colour)
    painter.drawPie(_CIRCLE, 0, 90 * 16)


def _disc(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawEllipse(_CIRCLE)


def _tick(painter: QPainter, colour: QColor) -> None:
    painter.drawPolyline([QPointF(2.5, 7.5), QPointF(5.5, 10.5), QPointF(11.5, 3.5)])


def _cross(painter: QPainter, colour: QColor) -> None:
    painter.drawLine(QPointF(3, 3), QPointF(11, 11))
    painter.drawLine(QPointF(11, 3), QPointF(3, 11))


def _slashed(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)
    painter.drawLine(QPointF(4, 10), QPointF(10, 4))


def _square(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(3, 3, 8, 8), colour)


_SIGNS: dict[State, Callable[[QPainter, QColor], None]] = {
    State.BLOCKED: _dashed,
    State.PENDING: _ring,
    State.STARTING: _quarter,
    State.RUNNING: _disc,
    State.COMPLETE: _tick,
    State.FAILED: _cross,
    State.CANCELLED: _slashed,
    State.KILLED: _square,
}


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
