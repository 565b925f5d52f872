"""A bar between the panel's head and its tables, that says something and has a button for what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from . import look

_COLOURS = {"error": look.ERROR, "warning": look.WARNING, "good": look.GOOD, "news": look.NEWS}


class Notice(QWidget):
    """Says one thing at a time; the newest takes the place of what was said before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FarmFuturesNotice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._does: Callable[[], None] | None = None
        self._ends: Callable[[], None] | None = None
        self.kind = ""
        self._sign = QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._do)
        self._close = QToolButton(self)
        self._close.setIcon(look.icon("close"))
        self._close.setIconSize(QSize(10, 10))
        self._close.setAccessibleName("Close")
        self._close.clicked.connect(self.end)
        line = QHBoxLayout(self)
        line.setContentsMargins(look.GAP + 2, look.TIGHT, look.GAP, look.TIGHT)
        line.setSpacing(look.GAP)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        line.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.end)
        self.hide()

    def say(
        self,
        text: str,
        kind: str = "news",
        *,
        button: str = "",
        does: Callable[[], None] | None = None,
        ends: Callable[[], None] | None = None,
        seconds: float = 0,
    ) -> None:
        """Says something.

        Args:
            text: A sentence.
            kind: ``"error"``, ``"warning"``, ``"good"`` or ``"news"``.
            button: What the button says; there is none where it is "".
            does: What the button does.
            ends: Called when it has gone without the button: by itself, by its cross, or since something else is said.
            seconds: So long it stays; 0 is until it is closed.
        """
        self.end()
        self.kind = kind
        self._does, self._ends = does, ends
        self._sign.setPixmap(look.icon(kind).pixmap(QSize(look.SIGN, look.SIGN), self.devicePixelRatioF()))
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setStyleSheet(f"#FarmFuturesNotice {{ background: {look.PANE}; border-left: 3px solid {_COLOURS[kind]}; }}")
        if seconds:
            self._timer.start(int(seconds * 1000))
        self.show()

    def end(self) -> None:
        """Goes away, whatever it says."""
        self._timer.stop()
        self.hide()
        ends, self._does, self._ends = self._ends, None, None
        if ends is not None:
            ends()

    def _do(self) -> None:
        does, self._ends = self._does, None
        self.end()
        if does is not None:
            does()
