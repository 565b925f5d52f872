"""A line of text that ends in dots where there is no room for it: nothing is ever wider for its sake."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QWidget


class Elided(QLabel):
    """Shows the first line of its text; the tool tip has all of it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Shows another text."""
        if text != self.text():
            super().setText(text)
            self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """As narrow as can be."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """As wide as the first line, and one line high."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._line()) + 2, metrics.height())

    def _line(self) -> str:
        return self.text().partition("\n")[0]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws as much as there is room for."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        rect = self.contentsRect()
        text = self.fontMetrics().elidedText(self._line(), Qt.TextElideMode.ElideRight, rect.width())
        role = self.foregroundRole()
        self.style().drawItemText(painter, rect, int(self.alignment()), self.palette(), self.isEnabled(), text, role)
