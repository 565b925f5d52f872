"""Work items as a strip of coloured cells, for the eye; the arrow keys walk through it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from farmfutures.job import STATES, State

from .. import look, signs
from . import cells

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_GAP = 1
_MARGIN = 3
_DARK = frozenset({State.PENDING, State.BLOCKED})
"""States whose cells are dark, so that signs on them are light."""

_HEIGHTS = {cells.LARGE: 20, cells.SMALL: 14}


class Strip(QWidget):
    """All items of a job at once.

    Signals:
        picked: The index of an item that was walked to or clicked on, and whether the choice is extended to it.
        opened: The index of an item that was double-clicked, or Enter was pressed on.
    """

    picked = Signal(int, bool)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.states = b""
        self.current = -1
        self.chosen: frozenset[int] = frozenset()
        self._grid = cells.fit(0, 100)
        self._shares: list[tuple[int, ...]] = []
        self._chosen_cells: frozenset[int] = frozenset()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Work items")

    def show_states(self, states: bytes) -> None:
        """Shows how all items stand."""
        if states == self.states:
            return
        resized = len(states) != len(self.states)
        self.states = states
        if resized:
            self.current = min(self.current, len(states) - 1)
            self._fit()
        self._shares = cells.shares(states, self._grid)
        self.update()

    def choose(self, current: int, chosen: frozenset[int]) -> None:
        """Shows which item is looked at, and which ones are chosen."""
        self.current, self.chosen = current, chosen
        self._chosen_cells = self._cells_of(chosen)
        if 0 <= current < len(self.states):
            self.setAccessibleDescription(f"item {current}, {STATES[self.states[current]]}")
        self.update()

    @property
    def each(self) -> int:
        """How many items a cell stands for."""
        return self._grid.each

    # --- where cells are

    def _fit(self) -> None:
        self._grid = cells.fit(len(self.states), self.width() - 2 * _MARGIN)
        self._chosen_cells = self._cells_of(self.chosen)
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As many rows as there are."""
        return QSize(300, max(1, self._grid.rows) * (_HEIGHTS[self._grid.size] + _GAP) + 2 * _MARGIN)

    def _cells_of(self, works: frozenset[int]) -> frozenset[int]:
        each = self._grid.each
        return works if each == 1 else frozenset({work // each for work in works})

    def cell_rect(self, cell: int) -> QRectF:
        """Returns where a cell is."""
        column, row = self._grid.place(cell)
        size, height = self._grid.size, _HEIGHTS[self._grid.size]
        return QRectF(_MARGIN + column * size, _MARGIN + row * (height + _GAP), size - _GAP, height)

    def work_at(self, point: QPointF | QPoint) -> int | None:
        """Returns the (first) item under a point."""
        column = int(point.x() - _MARGIN) // self._grid.size
        row = int(point.y() - _MARGIN) // (_HEIGHTS[self._grid.size] + _GAP)
        cell = self._grid.at(column, row)
        return None if cell is None else self._grid.works_of(cell).start

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells are laid out anew."""
        super().resizeEvent(event)
        self._fit()
        self._shares = cells.shares(self.states, self._grid)

    # --- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the cells."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(look.SUNK))
        painter.setPen(Qt.PenStyle.NoPen)
        for code, areas in self._areas(QRectF(event.rect())).items():
            painter.setBrush(look.fill(STATES[code]))
            painter.drawRects(areas)
        if self._grid.size == cells.LARGE:
            for cell in range(len(self._shares)):
                self._paint_sign(painter, self.cell_rect(cell), cell)
        self._paint_choice(painter)

    def _areas(self, seen: QRectF) -> dict[int, list[QRectF]]:
        """Returns what is to be filled with the colour of each state, of the cells that are seen: some calls, not thousands."""
        height = _HEIGHTS[self._grid.size]
        areas: dict[int, list[QRectF]] = {}
        for cell, share in enumerate(self._shares):
            rect = self.cell_rect(cell)
            if rect.intersects(seen):
                top = rect.top()
                for code, part in cells.heights(share, height):
                    areas.setdefault(code, []).append(QRectF(rect.left(), top, rect.width(), part))
                    top += part
        return areas

    def _paint_sign(self, painter: QPainter, rect: QRectF, cell: int) -> None:
        side = 12.0
        place = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        state = STATES[self.states[cell]]
        ink = look.TEXT if state in _DARK else look.SUNK
        signs.paint(painter, place, str(state), QColor(ink))

    def _paint_choice(self, painter: QPainter) -> None:
        if len(self.chosen) > 1:
            painter.setPen(QPen(QColor(look.WHITE), 1))
            for cell in self._chosen_cells:
                rect = self.cell_rect(cell)
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if 0 <= self.current < len(self.states):
            rect = self.cell_rect(self._grid.cell_of(self.current))
            painter.setPen(QPen(QColor(look.WHITE), 2))
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.FOCUS), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    # --- keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk through the cells, Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
            return
        target = self._target(event.key())
        if target is None:
            super().keyPressEvent(event)
            return
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.picked.emit(max(0, min(len(self.states) - 1, target)), extend)

    def _target(self, key: int) -> int | None:
        if not self.states:
            return None
        row, page = self._grid.columns * self._grid.each, self._grid.columns * self._grid.each * 3
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -self._grid.each, Qt.Key.Key_Right: self._grid.each, Qt.Key.Key_Up: -row, Qt.Key.Key_Down: row,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page, Qt.Key.Key_Home: -len(self.states),
            Qt.Key.Key_End: len(self.states),
        }  # fmt: skip
        step = steps.get(key)
        return None if step is None else max(self.current, 0) + step

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses what is clicked on; with Shift, up to there."""
        work = self.work_at(event.position())
        if work is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(work, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Chooses what is dragged over."""
        work = self.work_at(event.position())
        if work is not None and event.buttons() & Qt.MouseButton.LeftButton and work != self.current:
            self.picked.emit(work, True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens what is clicked on."""
        work = self.work_at(event.position())
        if work is not None:
            self.opened.emit(work)

    def event(self, event: QEvent) -> bool:
        """Says what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            work = self.work_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if work is None else self.describe(self._grid.cell_of(work)), self)
            return True
        return super().event(event)

    def describe(self, cell: int) -> str:
        """Returns what a cell stands for, in words."""
        works = self._grid.works_of(cell)
        if len(works) == 1:
            return f"item {works.start}: {STATES[self.states[works.start]]}"
        share = self._shares[cell]
        words = [f"{count:,} {STATES[code]}" for code, count in zip(cells.ORDER, share, strict=True) if count]
        return f"items {works.start:,} to {works.stop - 1:,}: {', '.join(words)}"

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Somebody walks in: there is always a place to start from."""
        super().focusInEvent(event)
        if self.current < 0 and self.states and event.reason() in _BY_KEY:
            self.picked.emit(0, False)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame goes."""
        super().focusOutEvent(event)
        self.update()
