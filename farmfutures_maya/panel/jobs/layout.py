"""How the columns of a table lie: which are shown, how wide, in which order; those for which there is no room give way."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from .. import look
from .columns import COLUMNS, KEYS, NAME, PROGRESS, STATE
from .model import JobModel

NAME_LEAST = 120
"""Before the name gets less room than this, other columns give way."""

_BAR_WIDTH = 130
_PADDING = 2 * look.GAP + 2
_SIGN_ONLY = look.SIGN + 2 * look.GAP
_BAR_LEAST = 70
_SMALLEST = {STATE: _SIGN_ONLY, PROGRESS: _BAR_LEAST}
"""What of a column stays, however narrow the panel is."""

_AT_FIRST_HIDDEN = frozenset({"engine"})


class Layout(QObject):
    """Keeps the columns of a table of jobs.

    Signals:
        changed: Somebody chose something that is worth to be remembered.
    """

    changed = Signal()

    def __init__(self, table: QTableView, model: JobModel) -> None:
        super().__init__(table)
        self._model = model
        self._header = table.horizontalHeader()
        self._widths: dict[str, int] = {}
        self._hidden = set(_AT_FIRST_HIDDEN)
        self._fitting = False
        self._table = table
        self._set_up()

    def _set_up(self) -> None:
        header = self._header
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(_SIGN_ONLY)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)
        header.sortIndicatorChanged.connect(self._moved)
        self._table.viewport().installEventFilter(self)
        self._model.grown.connect(self.fit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fits the columns to the table whenever it gets another size or font."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self.fit()
        return False

    # --- room

    def fit(self) -> None:
        """Shows what was chosen, as far as there is room for it. Of the state the sign stays."""
        room = self._table.viewport().width() - NAME_LEAST
        widths = {place: self._width(place) for place in range(len(COLUMNS)) if place != NAME and KEYS[place] not in self._hidden}
        for place in sorted(widths, key=lambda place: COLUMNS[place].lasts):
            if sum(widths.values()) <= room:
                break
            if place in _SMALLEST:
                widths[place] = _SMALLEST[place]
            else:
                del widths[place]
        self._model.be_short(STATE, widths.get(STATE) == _SIGN_ONLY)
        self._show(widths)

    def _show(self, widths: dict[int, int]) -> None:
        self._fitting = True
        for place in range(len(COLUMNS)):
            shown = place == NAME or place in widths
            if self._header.isSectionHidden(place) == shown:
                self._header.setSectionHidden(place, not shown)
            if place in widths and self._header.sectionSize(place) != widths[place]:
                self._header.resizeSection(place, widths[place])
        self._fitting = False

    def _width(self, place: int) -> int:
        given = self._widths.get(KEYS[place])
        if given is not None:
            return given
        metrics = QFontMetrics(self._table.font())
        title = metrics.horizontalAdvance(COLUMNS[place].title) + 2 * look.SIGN  # With the sign of what is sorted by.
        usual = metrics.horizontalAdvance(COLUMNS[place].usual.format(self._model.largest)) + _PADDING
        if place == PROGRESS:
            usual = _BAR_WIDTH
        return max(title, usual + (look.SIGN + look.GAP if place == STATE else 0))

    def _resized(self, place: int, _: int, width: int) -> None:
        if not self._fitting and place != NAME and width:
            self._widths[KEYS[place]] = width
            self.changed.emit()

    def _moved(self, *_: object) -> None:
        self.changed.emit()

    # --- choosing

    def menu(self) -> QMenu:
        """Returns a menu to choose columns from."""
        menu = QMenu("Columns", self._table)
        for place, column in enumerate(COLUMNS):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.key not in self._hidden)
            action.setEnabled(place != NAME)
            action.toggled.connect(partial(self.choose, column.key))
        menu.addSeparator()
        menu.addAction("As at First").triggered.connect(self.reset)
        return menu

    def _ask(self, at: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(at))

    def choose(self, key: str, shown: bool) -> None:
        """Shows a column, where there is room for it, or hides it."""
        (self._hidden.discard if shown else self._hidden.add)(key)
        self.fit()
        self.changed.emit()

    def reset(self) -> None:
        """Goes back to how it was at first."""
        self.restore({})
        self.changed.emit()

    # --- remembering

    def saved(self) -> dict[str, Any]:
        """Returns what somebody chose, as plain data."""
        header = self._header
        order = [KEYS[header.logicalIndex(place)] for place in range(len(COLUMNS))]
        place = header.sortIndicatorSection()
        by = KEYS[place] if 0 <= place < len(KEYS) else "submitted"
        falling = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        return {"order": order, "hidden": sorted(self._hidden), "widths": dict(self._widths), "sort": [by, falling]}

    def restore(self, saved: dict[str, Any]) -> None:
        """Lays the columns as they were saved; what is not known, or makes no sense, is as at first."""
        self._hidden = {key for key in _listed(saved.get("hidden", _AT_FIRST_HIDDEN)) if key in KEYS and key != KEYS[NAME]}
        widths = saved.get("widths")
        known = cast("dict[str, Any]", widths) if isinstance(widths, dict) else {}
        self._widths = {key: max(_SIGN_ONLY, width) for key, width in known.items() if key in KEYS and isinstance(width, int)}
        order = [key for key in _listed(saved.get("order", ())) if key in KEYS]
        for place, key in enumerate([*order, *(key for key in KEYS if key not in order)]):
            self._header.moveSection(self._header.visualIndex(KEYS.index(key)), place)
        by, falling = (*_listed(saved.get("sort", ())), "submitted", True)[:2] if saved.get("sort") else ("submitted", True)
        order_of = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self._table.sortByColumn(KEYS.index(by) if by in KEYS else KEYS.index("submitted"), order_of)
        self.fit()


def _listed(value: object) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, (list, tuple, set, frozenset)) else []
