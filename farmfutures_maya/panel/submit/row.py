"""A field: its name, its editor, what is wrong with it, and what would mend that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ...actions.wrong import Mend, Wrong
from ...problems import Severity
from .. import look
from .editors import Editor

NARROW = 440
"""Rows that are not so wide have their name above the editor."""

_NAME_WIDTH = 116
_SIGNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "news"}
_COLOURS = {Severity.ERROR: look.ERROR, Severity.WARNING: look.WARNING, Severity.NOTE: look.QUIET}


class Sign(QWidget):
    """A sign beside a line of text."""

    def __init__(self, sign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As large as every sign."""
        return QSize(look.SIGN, look.SIGN + look.TIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        with QPainter(self) as painter:
            look.paint_sign(painter, QRectF(0, look.TIGHT, look.SIGN, look.SIGN), self._sign)


class TroubleLine(QWidget):
    """One thing that is wrong, in words, with the buttons that mend it.

    Args:
        severity: How bad it is.
        text: A sentence or two.
        mends: What would mend it.

    Signals:
        mended: The `Mend` that was chosen.
    """

    mended = Signal(object)

    def __init__(self, severity: Severity, text: str, mends: Sequence[Mend] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(text, self)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setStyleSheet(f"color: {_COLOURS[severity]};")
        self.buttons = [self._button(mend) for mend in mends]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(look.TIGHT + 1)
        layout.setVerticalSpacing(look.TIGHT)
        layout.addWidget(Sign(_SIGNS[severity], self), 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.text, 0, 1)
        if self.buttons:
            layout.addLayout(_side_by_side(self.buttons), 1, 1)

    def _button(self, mend: Mend) -> QToolButton:
        button = QToolButton(self)
        button.setText(mend.label)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(partial(self.mended.emit, mend))
        return button


def _side_by_side(widgets: Sequence[QWidget]) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(look.TIGHT)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout


class Row(QWidget):
    """A field.

    Args:
        name: As `Wrong.field` names it.
        label: What people call it.
        editor: What it is edited with.
        help: A sentence about it, shown while nothing is wrong with it and as a tip.

    Signals:
        changed: Its value did.
        mended: A `Mend` was chosen.
    """

    changed = Signal()
    mended = Signal(object)

    def __init__(self, name: str, label: str, editor: Editor, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.editor, self.help = name, editor, help
        self.setObjectName(name)
        self.label = QLabel(label, self)
        self.label.setWordWrap(True)
        self.label.setBuddy(editor)
        editor.setAccessibleName(label)
        editor.set_tip(help)
        self.lines: list[TroubleLine] = []
        self._wrong: tuple[Wrong, ...] = ()
        self._below = QVBoxLayout()
        self._below.setSpacing(look.TIGHT)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.GAP)
        self._grid.setVerticalSpacing(look.TIGHT)
        self._narrow: bool | None = None
        self.arrange(narrow=False)
        editor.changed.connect(self.changed)

    def arrange(self, *, narrow: bool) -> None:
        """Puts the name above the editor, or beside it."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for part in (self.label, self.editor):
            self._grid.removeWidget(part)
        self._grid.removeItem(self._below)
        top = Qt.AlignmentFlag.AlignTop
        place = (1, 0) if narrow else (0, 1)
        self._grid.addWidget(self.label, 0, 0, top)
        self._grid.addWidget(self.editor, *place)
        self._grid.addLayout(self._below, place[0] + 1, place[1])
        self._grid.setColumnStretch(0, 1 if narrow else 0)
        self._grid.setColumnStretch(1, 0 if narrow else 1)
        self.label.setHidden(narrow and not self.label.text())
        self.label.setFixedWidth(_WIDEST if narrow else _NAME_WIDTH)
        self.label.setMinimumWidth(0 if narrow else _NAME_WIDTH)
        self.label.setContentsMargins(0, 0 if narrow else look.TIGHT + 1, 0, 0)

    def show_wrong(self, wrong: Sequence[Wrong]) -> None:
        """Shows what is wrong with it."""
        if tuple(wrong) == self._wrong:
            return
        self._wrong = tuple(wrong)
        for line in self.lines:
            self._below.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [TroubleLine(one.severity, str(one), one.mends, self) for one in wrong]
        for line in self.lines:
            line.mended.connect(self.mended)
            self._below.addWidget(line)

    @property
    def has_error(self) -> bool:
        """Whether it holds the submit."""
        return any(one.severity == Severity.ERROR for one in self._wrong)


_WIDEST = 16777215  # QWIDGETSIZE_MAX
