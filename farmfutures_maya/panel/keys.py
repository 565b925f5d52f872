"""The panel's keys. They work where the keyboard is in the panel, before Maya's hotkeys see them; ``?`` shows them all.

Maya's hotkeys would take most keys that a widget does not want for itself. So the widget that has the keyboard is listened to
while it has it: a key of one of the panel's actions is claimed (``ShortcutOverride``), and triggers that. Keys that write
something stay with fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from . import look

_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)
_WRITING = ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
_OF_FIELDS = frozenset({Qt.Key.Key_Escape, *(Qt.Key(Qt.Key.Key_F1.value + number) for number in range(35))})
"""Keys without a modifier that write nothing."""

ALSO = (("Arrows, Page Up, Page Down, Home, End", "go through what has the keyboard"),
        ("Shift with these, Ctrl+Space, Ctrl+A", "choose more than one"),
        ("Tab, Shift+Tab", "go on to the next part, and back"))  # fmt: skip
"""What Qt's widgets do by themselves."""


class Keys(QObject):
    """Triggers the actions of a panel.

    Args:
        panel: The actions that were added to it, or to a widget in it, are triggered.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self._listened: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        """Listens to the widget that has the keyboard now, where it is one of the panel's."""
        if self._listened is not None:
            self._listened.removeEventFilter(self)
            self._listened.destroyed.disconnect(self._forget)
            self._listened = None
        if now is not None and (now is self._panel or self._panel.isAncestorOf(now)):
            self._listened = now
            now.installEventFilter(self)
            now.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._listened = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claims the keys of actions, and triggers these."""
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        if isinstance(watched, _FIELDS) and _writes(event) and not _is_read_only(watched):
            return False
        action = self._action(QKeySequence(event.keyCombination()), watched)
        if action is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            action.trigger()
        return True

    def _action(self, keys: QKeySequence, watched: QObject) -> QAction | None:
        """Looks for one at the widget itself, at what is around it, and at the panel."""
        widget = watched if isinstance(watched, QWidget) else None
        while widget is not None:
            for action in widget.actions():
                if action.isEnabled() and keys in action.shortcuts():
                    return action
            widget = None if widget is self._panel else widget.parentWidget()
        return None


def _writes(event: QKeyEvent) -> bool:
    """Whether a key is one that fields want: a letter, an arrow, or one of those with which text is edited."""
    plain = not event.modifiers() & _WRITING
    edits = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Cut,
             QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)  # fmt: skip
    return (plain and Qt.Key(event.key()) not in _OF_FIELDS) or any(event.matches(key) for key in edits)


def _is_read_only(watched: QObject) -> bool:
    return isinstance(watched, (QLineEdit, QPlainTextEdit, QTextEdit)) and watched.isReadOnly()


def listed(panel: QWidget) -> list[tuple[str, str]]:
    """Returns the keys of a panel, and what each does."""
    actions: Iterable[QAction] = dict.fromkeys(
        action for widget in (panel, *panel.findChildren(QWidget)) for action in widget.actions() if action.shortcuts()
    )
    native = QKeySequence.SequenceFormat.NativeText
    return [(" or ".join(keys.toString(native) for keys in action.shortcuts()), _plain(action.text())) for action in actions]


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("...")


class Overlay(QScrollArea):
    """Shows the keys over the panel, until a key is pressed or the mouse clicked."""

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
        lines = QVBoxLayout(self._page)
        lines.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        lines.addWidget(QLabel("<b>Keys</b>"))
        lines.addLayout(_table([*listed(panel), *ALSO]))
        close = QLabel("Any key closes this.")
        close.setProperty("quiet", True)
        lines.addWidget(close)
        lines.addStretch(1)
        self._lines = lines
        self.setWidget(self._page)
        self.fit()

    def fit(self) -> None:
        """Lies in the middle of the panel, as large as it needs to be and can be."""
        width = min(460, self._panel.width() - 2 * look.GAP)
        height = min(self._lines.totalHeightForWidth(width - 2) + 2, self._panel.height() - 2 * look.GAP)
        left, top = (self._panel.width() - width) // 2, max(look.GAP, (self._panel.height() - height) // 2)
        self.setGeometry(left, top, width, height)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Goes away; arrows scroll."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        elif event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.leave()

    def mousePressEvent(self, event: QEvent, /) -> None:
        """Goes away."""
        self.leave()

    def leave(self) -> None:
        """Goes away, and gives the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self.deleteLater()


def _table(rows: Iterable[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * look.GAP)
    grid.setColumnStretch(1, 1)
    for place, (keys, what) in enumerate(rows):
        key, text = QLabel(keys), QLabel(what)
        key.setStyleSheet(f"color: {look.LINK};")
        for column, label in enumerate((key, text)):
            label.setWordWrap(True)
            grid.addWidget(label, place, column, Qt.AlignmentFlag.AlignTop)
    return grid
