"""The lines of a log on screen. However long it is, only those in view are there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from .. import look
from .bar import MarkedBar
from .file import Wanted
from .kinds import ERROR, WARNING, kind

AROUND = 200
"""So many lines before and behind those in view are read with them."""

_KEPT = 5000
_INKS = {ERROR: look.ERROR, WARNING: look.WARNING, "": look.TEXT}

Place = tuple[int, int]
"""Line and column."""


class LogView(QAbstractScrollArea):
    """Shows lines, and lets somebody choose some of the text.

    Signals:
        wanted: The first of lines that are in view and not known, and how many.
        moved: Somebody has scrolled by hand.
    """

    wanted = Signal(int, int)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.total = 0
        self.lines: dict[int, str] = {}
        self.sought: Wanted | None = None
        self.current = -1
        """The line that was gone to."""
        self.anchor: Place = (0, 0)
        self.head: Place = (0, 0)
        """Between these the text is chosen."""
        self._widest = 0
        self._by_us = False
        self.marks = MarkedBar(self)
        self.setVerticalScrollBar(self.marks)
        self.setFont(look.mono())
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Log")
        self.marks.valueChanged.connect(self._has_scrolled)

    # --- what is shown

    def clear(self) -> None:
        """Shows nothing."""
        self.total, self._widest, self.current = 0, 0, -1
        self.lines.clear()
        self.anchor = self.head = (0, 0)
        self._fit()

    def show_total(self, total: int) -> None:
        """There are so many lines now; the last one may have grown."""
        self.lines.pop(max(0, self.total - 1), None)
        self.total = total
        self._fit()
        self.need()

    def show_lines(self, first: int, lines: Sequence[str]) -> None:
        """Shows lines that were asked for."""
        if len(self.lines) > _KEPT:
            self.lines.clear()
        for number, line in enumerate(lines, first):
            self.lines[number] = line.expandtabs(4)
        self._widest = max([self._widest, *map(len, lines)])
        self._fit()
        self.viewport().update()

    def need(self) -> None:
        """Asks for what is in view and not known."""
        first, last = self.in_view()
        if any(line not in self.lines for line in range(first, last)):
            begin = max(0, first - AROUND)
            self.wanted.emit(begin, min(self.total, last + AROUND) - begin)

    def in_view(self) -> tuple[int, int]:
        """Returns the first line in view, and the one behind the last."""
        first = self.marks.value()
        return first, min(self.total, first + self._rows() + 1)

    def go_to(self, line: int) -> None:
        """Goes to a line, with some of what is before it, and marks it."""
        self.current = line
        first, last = self.in_view()
        if not first <= line < last - 1:
            self._scroll(line - self._rows() // 4)
        self.viewport().update()

    def go_to_end(self) -> None:
        """Goes to the last line."""
        self._scroll(self.marks.maximum())

    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.marks.value() >= self.marks.maximum()

    def _scroll(self, line: int) -> None:
        self._by_us = True
        self.marks.setValue(line)
        self._by_us = False

    def _has_scrolled(self) -> None:
        self.need()
        self.viewport().update()
        if not self._by_us:
            self.moved.emit()

    # --- measures

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font(), self)

    def _line_height(self) -> float:
        return max(1.0, round(self._metrics().lineSpacing()))

    def _letter(self) -> float:
        return max(1.0, self._metrics().horizontalAdvance("0"))

    def _rows(self) -> int:
        return max(1, int(self.viewport().height() // self._line_height()))

    def _gutter(self) -> float:
        """The room for line numbers."""
        return self._letter() * (len(str(max(1, self.total))) + 2)

    def _fit(self) -> None:
        self._by_us = True
        self.marks.setRange(0, max(0, self.total - self._rows()))
        self.marks.setPageStep(self._rows())
        across = self.horizontalScrollBar()
        seen = int((self.viewport().width() - self._gutter()) // self._letter())
        across.setRange(0, max(0, self._widest + 1 - seen))
        across.setPageStep(max(1, seen))
        self._by_us = False
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """More lines may be in view."""
        super().resizeEvent(event)
        self._fit()
        self.need()

    def changeEvent(self, event: QEvent, /) -> None:
        """Another font has other measures."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    # --- drawing

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Draws the lines in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(look.PANE))
        painter.setFont(self.font())
        first, last = self.in_view()
        height, gutter = self._line_height(), self._gutter()
        for row, line in enumerate(range(first, last)):
            self._paint_line(painter, line, row * height)
        painter.setClipping(False)
        painter.fillRect(QRectF(0, 0, gutter - self._letter() / 2, self.viewport().height()), QColor(look.STRIPE))
        painter.setPen(QColor(look.QUIET))
        for row, line in enumerate(range(first, last)):
            place = QRectF(0, row * height, gutter - self._letter(), height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(line + 1))

    def _paint_line(self, painter: QPainter, line: int, top: float) -> None:
        text = self.lines.get(line)
        width, height, letter = self.viewport().width(), self._line_height(), self._letter()
        if line == self.current:
            painter.fillRect(QRectF(0, top, width, height), QColor(look.EDGE))
        if text is None:
            return
        shift = self.horizontalScrollBar().value()
        left = self._gutter() - shift * letter
        if self.sought is not None:
            colour = QColor(look.FOUND if line == self.current else look.MARK)
            for place in self.sought.places(text):
                painter.fillRect(QRectF(left + place * letter, top, len(self.sought.text) * letter, height), colour)
        chosen = self._chosen_in(line, text)
        if chosen is not None:
            begin, end = chosen
            painter.fillRect(QRectF(left + begin * letter, top, (end - begin) * letter, height), QColor(look.CHOSEN))
        painter.setPen(QColor(_INKS[kind(text)]))
        seen = text[shift : shift + int(width / letter) + 2]
        painter.drawText(QPointF(self._gutter(), top + self._metrics().ascent()), seen)

    def _chosen_in(self, line: int, text: str) -> tuple[int, int] | None:
        begin, end = sorted((self.anchor, self.head))
        if begin == end or not begin[0] <= line <= end[0]:
            return None
        return begin[1] if line == begin[0] else 0, end[1] if line == end[0] else len(text) + 1

    # --- what is chosen

    def place_at(self, point: QPointF | QPoint) -> Place:
        """Returns line and column under a point."""
        line = self.marks.value() + int(point.y() // self._line_height())
        column = round((point.x() - self._gutter()) / self._letter()) + self.horizontalScrollBar().value()
        line = max(0, min(line, self.total - 1))
        return line, max(0, min(column, len(self.lines.get(line, ""))))

    def chosen(self) -> tuple[Place, Place] | None:
        """Returns the places between which the text is chosen; None where none is."""
        begin, end = sorted((self.anchor, self.head))
        return None if begin == end else (begin, end)

    def choose_all(self) -> None:
        """Chooses all of the text."""
        self.anchor, self.head = (0, 0), (max(0, self.total - 1), len(self.lines.get(self.total - 1, "")) or 1 << 20)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Begins to choose."""
        if event.button() == Qt.MouseButton.LeftButton and self.total:
            self.head = self.place_at(event.position())
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.anchor = self.head
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Chooses what is dragged over."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.total:
            self.head = self.place_at(event.position())
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        """Chooses a word: what stands between blanks."""
        line, column = self.place_at(event.position())
        text = self.lines.get(line, "")
        begin, end = text.rfind(" ", 0, column) + 1, text.find(" ", column)
        self.anchor, self.head = (line, begin), (line, end if end >= 0 else len(text))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Arrows and pages scroll, Home and End go to the ends."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.choose_all()
            return
        rows, bar = self._rows(), self.marks
        steps: dict[int, int] = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -rows, Qt.Key.Key_PageDown: rows,
            Qt.Key.Key_Home: -bar.maximum(), Qt.Key.Key_End: bar.maximum(),
        }  # fmt: skip
        step = steps.get(event.key())
        if step is not None:
            bar.setValue(bar.value() + step)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            across = self.horizontalScrollBar()
            across.setValue(across.value() + (8 if event.key() == Qt.Key.Key_Right else -8))
        else:
            super().keyPressEvent(event)
