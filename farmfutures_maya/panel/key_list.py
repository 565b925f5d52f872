"""The keys of the panel, shown over it: ``?``. What is shown is what there is: the list is made from the actions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from . import look

ALSO = (
    ("Arrows, Page, Home, End", "go through what has the keyboard"),
    ("with Shift, Ctrl+Space, Ctrl+A", "choose more than one"),
    ("Tab, Shift+Tab", "go on to the next part, and back"),
)
"""What Qt's widgets do by themselves."""

SERIES = "series"
"""The property of actions that are listed as one: what stands there for their keys."""

WIDE = 720
"""In a panel that is not narrower than this, the keys are in two columns."""

Part = tuple[str, list[tuple[str, str]]]


def listed(panel: QWidget) -> list[Part]:
    """Returns where in the panel which keys do what; "" is anywhere in it."""
    places: dict[str, list[tuple[str, str]]] = {}
    for widget in (panel, *panel.findChildren(QWidget)):
        for action in () if isinstance(widget, QToolButton) else widget.actions():  # A button shows what is elsewhere.
            line = (_keys(action), action.text().replace("&", "").removesuffix("..."))
            if action.shortcuts() and line not in places.setdefault(_place(panel, widget), []):
                places[_place(panel, widget)].append(line)
    return [(place, lines) for place, lines in places.items() if lines]


def _keys(action: QAction) -> str:
    series = action.property(SERIES)
    native = QKeySequence.SequenceFormat.NativeText
    return str(series) if series else " or ".join(keys.toString(native) for keys in action.shortcuts())


def _place(panel: QWidget, widget: QWidget) -> str:
    """What people call the part that a widget is in: the name of its tab, or its own."""
    inside: QWidget | None = widget
    while inside is not None and inside is not panel:
        around = inside.parentWidget()  # Qt's stack of pages
        tabs = around.parentWidget() if around is not None else None
        if isinstance(tabs, QTabWidget) and tabs.indexOf(inside) >= 0:
            return tabs.tabText(tabs.indexOf(inside)).partition(" (")[0]
        inside = around
    return "" if widget is panel else widget.accessibleName()


class KeyList(QScrollArea):
    """Lies over the panel until a key is pressed or the mouse clicked."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setObjectName("FarmFuturesKeys")
        self.setStyleSheet(f"#FarmFuturesKeys {{ background: {look.SUNK}; border: 1px solid {look.FOCUS}; border-radius: 5px; }}")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._panel = panel
        self._before = QApplication.focusWidget()
        self._page = QWidget()
        self._page.setStyleSheet(f"background: {look.SUNK};")
        self._lines = QVBoxLayout(self._page)
        self._fill([*listed(panel), ("Everywhere", list(ALSO))])
        self.setWidget(self._page)
        self.fit()

    def _fill(self, parts: Sequence[Part]) -> None:
        self._lines.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        title = QLabel("<b>Keys</b>, and any of them closes this")
        self._lines.addWidget(title)
        columns = QHBoxLayout()
        columns.setSpacing(4 * look.GAP)
        for half in _halves(parts) if self._panel.width() >= WIDE else [parts]:
            column = QVBoxLayout()
            column.addLayout(_table(half))
            column.addStretch(1)
            columns.addLayout(column, 1)
        self._lines.addLayout(columns)
        self._lines.addStretch(1)

    def fit(self) -> None:
        """Lies in the middle of the panel, as large as it needs to be and can be."""
        width = min(WIDE if self._panel.width() >= WIDE else 420, self._panel.width() - 2 * look.GAP)
        height = min(self._lines.totalHeightForWidth(width - 2) + 4, self._panel.height() - 2 * look.GAP)
        left, top = (self._panel.width() - width) // 2, max(look.GAP, (self._panel.height() - height) // 2)
        self.setGeometry(left, top, width, height)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Goes away; arrows scroll."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        elif event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.leave()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Goes away."""
        self.leave()

    def leave(self) -> None:
        """Goes away, and gives the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self.deleteLater()


def _halves(parts: Sequence[Part]) -> list[list[Part]]:
    """Shares parts out to two columns that are about equally long; the first one stays first, and none is cut."""
    whole = sum(map(_length, parts))
    left = min(
        ([parts[0], *some] for count in range(len(parts)) for some in combinations(parts[1:], count)),
        key=lambda some: abs(whole - 2 * sum(map(_length, some))),
    )
    return [left, [part for part in parts if part not in left]]


def _length(part: Part) -> int:
    return len(part[1]) + bool(part[0])


def _table(parts: Sequence[Part]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * look.GAP)
    grid.setVerticalSpacing(look.TIGHT)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 3)
    for place, lines in parts:
        if place:
            grid.addWidget(QLabel(f"<b>{place}</b>"), grid.rowCount(), 0, 1, 2)
        for keys, what in lines:
            _add_line(grid, keys, what)
    return grid


def _add_line(grid: QGridLayout, keys: str, what: str) -> None:
    row = grid.rowCount()
    key, text = QLabel(keys), QLabel(what)
    key.setStyleSheet(f"color: {look.LINK};")
    for column, label in enumerate((key, text)):
        label.setWordWrap(True)
        grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
