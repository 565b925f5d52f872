"""The panel's keys. They work where the keyboard is in the panel, before Maya's hotkeys see them; ``?`` shows them all.

Maya's hotkeys would take most keys that a widget does not want for itself. So the widget that has the keyboard is listened to
while it has it: a key of one of the panel's actions is claimed (``ShortcutOverride``), and triggers that. Keys that write
something stay with fields.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)
_WRITING = ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
_OF_FIELDS = frozenset({Qt.Key.Key_Escape, *(Qt.Key(Qt.Key.Key_F1.value + number) for number in range(35))})
"""Keys without a modifier that write nothing."""


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
