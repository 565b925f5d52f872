"""The scroll bar of a log: marks say where errors are, and what was searched for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QStyle, QStyleOptionSlider, QWidget

from .. import look

_HEIGHT = 2.0


class MarkedBar(QScrollBar):
    """A vertical scroll bar whose marks are lines of a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._total = 0
        self.errors: Sequence[int] = ()
        self.found: Sequence[int] = ()

    def mark(self, total: int, errors: Sequence[int], found: Sequence[int]) -> None:
        """Marks errors on the right, and what was searched for on the left, in a text of so many lines."""
        self._total, self.errors, self.found = total, errors, found
        self.update()

    def groove(self) -> QRectF:
        """Returns where marks are: between the arrows."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ScrollBarGroove
        return QRectF(self.style().subControlRect(QStyle.ComplexControl.CC_ScrollBar, option, part, self))

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Draws the bar, and the marks over it."""
        super().paintEvent(event)
        if self._total:
            painter, groove = QPainter(self), self.groove()
            half = groove.width() / 2
            for lines, left, colour in ((self.found, groove.left(), look.FOUND), (self.errors, groove.left() + half, look.ERROR)):
                for row in self.rows(lines, groove):
                    painter.fillRect(QRectF(left, row, half, _HEIGHT), QColor(colour))

    def rows(self, lines: Sequence[int], groove: QRectF) -> list[float]:
        """Returns where marks are drawn: many lines that share a pixel are one."""
        height = max(1, int((groove.height() - _HEIGHT) / _HEIGHT))
        places = dict.fromkeys(line * height // self._total for line in lines)
        return [groove.top() + place * _HEIGHT for place in places]
