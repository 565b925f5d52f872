"""What a value is edited with. All of them have a value that is plain data, and say when it changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from .. import look

_MOST = 2**31 - 1
_NO_BUTTONS = "QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0px; border: 0px; }"  # Arrow keys step.


class Editor(QWidget):
    """The base of all.

    Signals:
        changed: The value did, by whomever.
    """

    changed = Signal()

    def _hold(self, *widgets: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.TIGHT)
        for number, widget in enumerate(widgets):
            layout.addWidget(widget, 0 if number else 1)
        self.setFocusProxy(widgets[0])

    def value(self) -> Any:
        """Returns it."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Sets it."""
        raise NotImplementedError

    def set_tip(self, text: str) -> None:
        """Says something about it."""
        self.setToolTip(text)


class Line(Editor):
    """A line of text."""

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(hint)
        self.line.textChanged.connect(lambda: self.changed.emit())
        self._hold(self.line)

    def value(self) -> str:
        """The text."""
        return self.line.text()

    def set_value(self, value: Any) -> None:
        """Sets the text."""
        if (text := str(value or "")) != self.line.text():
            self.line.setText(text)


class Names(Line):
    """Some names in a line, with spaces or commas."""

    def value(self) -> Any:
        """The names."""
        return tuple(self.line.text().replace(",", " ").split())

    def set_value(self, value: Any) -> None:
        """Sets them."""
        if tuple(value or ()) != self.value():
            self.line.setText(" ".join(value or ()))


class Text(Editor):
    """Many lines: a script, or plain text. Tab leaves it, as it does all fields; Ctrl+Tab puts a tab.

    Args:
        lines: How many lines it shows.
        code: Whether it has letters of equal width.
    """

    def __init__(self, lines: int, *, code: bool = False, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit(self)
        self.text.setPlaceholderText(hint)
        self.text.setTabChangesFocus(True)
        if code:
            self.text.setFont(look.mono())
            self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        metrics = QFontMetrics(self.text.font())
        self.text.setFixedHeight(metrics.lineSpacing() * lines + 4 * look.GAP)
        self.text.textChanged.connect(self.changed)
        self._hold(self.text)

    def value(self) -> Any:
        """The text."""
        return self.text.toPlainText()

    def set_value(self, value: Any) -> None:
        """Sets the text."""
        if (text := str(value or "")) != self.text.toPlainText():
            self.text.setPlainText(text)


class Lines(Text):
    """A list, one a line.

    Args:
        plain: Whether its value is a list, and not a tuple.
    """

    def __init__(self, lines: int, *, plain: bool = False, hint: str = "One a line", parent: QWidget | None = None) -> None:
        super().__init__(lines, hint=hint, parent=parent)
        self._plain = plain

    def set_hint(self, text: str) -> None:
        """Says what may be written."""
        self.text.setPlaceholderText(text)

    def value(self) -> Any:
        """The lines that are not empty."""
        found = [line.strip() for line in self.text.toPlainText().splitlines() if line.strip()]
        return found if self._plain else tuple(found)

    def set_value(self, value: Any) -> None:
        """Sets them."""
        if list(value or ()) != list(self.value()):
            self.text.setPlainText("\n".join(value or ()))


class Switch(Editor):
    """On or off."""

    def __init__(self, label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(label, self)
        self.box.toggled.connect(lambda: self.changed.emit())
        self._hold(self.box)

    def value(self) -> bool:
        """Whether it is on."""
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        """Sets it."""
        self.box.setChecked(bool(value))


class Choice(Editor):
    """One of some.

    Args:
        choices: Value and words for it.
        free: Whether something else may be typed.
    """

    def __init__(self, choices: Sequence[tuple[Any, str]], *, free: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = _Box(self)
        self.box.setEditable(free)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(8)
        self._values: list[Any] = []
        self.set_choices(choices)
        self.box.currentTextChanged.connect(lambda: self.changed.emit())
        self._hold(self.box)

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offers others; what is chosen stays."""
        now = self.value() if self._values else None
        with QSignalBlocker(self.box):
            self.box.clear()
            self._values = [value for value, _ in choices]
            self.box.addItems([words for _, words in choices])
            if now is not None:
                self.set_value(now)

    def value(self) -> Any:
        """What is chosen, or typed."""
        number = self.box.findText(self.box.currentText())
        return self._values[number] if number >= 0 else self.box.currentText().strip()

    def set_value(self, value: Any) -> None:
        """Chooses it. What is none of the choices is shown, and stays until another one is chosen."""
        if value in self._values:
            self.box.setCurrentIndex(self._values.index(value))
        elif self.box.isEditable():
            self.box.setEditText(str(value))
        else:
            self._values.append(value)
            self.box.addItem(str(value))
            self.box.setCurrentIndex(len(self._values) - 1)


_FLAT = f"""
QComboBox {{ background: {look.PANE}; color: {look.TEXT}; border: 1px solid {look.EDGE}; border-radius: 3px;
             padding: {look.TIGHT}px {look.TIGHT}px; }}
QComboBox:focus {{ border: 1px solid {look.FOCUS}; }}
QComboBox:disabled {{ color: {look.OFF}; }}
QComboBox::drop-down {{ border: 0px; width: {3 * look.GAP}px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QLineEdit {{ border: 0px; padding: 0px; }}
"""


class _Box(QComboBox):
    """As flat as the other fields. A wheel over it scrolls the form; who wants to change it clicks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setStyleSheet(_FLAT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws its arrow, too: style sheets only know pictures."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(look.QUIET if self.isEnabled() else look.OFF), 1.5))
            middle = QPointF(self.width() - 1.7 * look.GAP, self.height() / 2)
            painter.drawPolyline([middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves it to the form."""
        event.ignore()


class Number(Editor):
    """A number with limits.

    Args:
        low: The lowest.
        high: The highest.
        whole: Whether it has no fraction.
        nothing: What stands for None, where it may be None: "no limit".
        unit: What stands behind it.
    """

    def __init__(
        self, low: float = -math.inf, high: float = math.inf, *, whole: bool = True, nothing: str = "", unit: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._nothing = nothing
        low, high = max(low, -_MOST + 1), min(high, _MOST)
        self.box: QSpinBox | QDoubleSpinBox = _spin(self, low, high, whole, bool(nothing))
        if nothing:
            self.box.setSpecialValueText(nothing)
        self.box.setSuffix(f" {unit}" if unit else "")
        self.box.setAccelerated(True)
        self.box.setStyleSheet(_NO_BUTTONS)
        self.box.setMinimumWidth(QFontMetrics(self.box.font()).horizontalAdvance(nothing or "-1000000") + 4 * look.GAP)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.textChanged.connect(lambda: self.changed.emit())
        self._hold(self.box)
        cast("QHBoxLayout", self.layout()).addStretch(4)

    def value(self) -> float | None:
        """The number."""
        return None if self._nothing and self.box.value() == self.box.minimum() else self.box.value()

    def set_value(self, value: Any) -> None:
        """Sets it."""
        wanted = self.box.minimum() if value is None else value
        if isinstance(self.box, QSpinBox):
            self.box.setValue(int(wanted))
        else:
            self.box.setValue(float(wanted))


class _Spin(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves it to the form."""
        event.ignore()


class _Double(QDoubleSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves it to the form."""
        event.ignore()

    def textFromValue(self, value: float) -> str:
        """Leaves zeros out."""
        return f"{value:g}"


def _spin(parent: QWidget, low: float, high: float, whole: bool, nothing: bool) -> QSpinBox | QDoubleSpinBox:
    """With something that stands for None, one more below the lowest is that."""
    if whole:
        box = _Spin(parent)
        box.setRange(int(low) - nothing, int(high))
        return box
    double = _Double(parent)
    double.setDecimals(4)
    double.setRange(low - nothing if nothing else low, high)
    return double


class PathLine(Editor):
    """A path, and a button for a dialog.

    Args:
        folder: Whether it is a folder.
        pattern: Which files the dialog shows.
        title: What it says.
    """

    def __init__(
        self, *, folder: bool, pattern: str = "*", title: str = "", hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._pattern, self._title = folder, pattern, title
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(hint)
        self.line.textChanged.connect(lambda: self.changed.emit())
        self.button = QToolButton(self)
        self.button.setText("...")
        self.button.setToolTip(f"Choose {'a folder' if folder else 'a file'}")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self.choose)
        self._hold(self.line, self.button)

    def choose(self) -> None:
        """Asks for it."""
        if self._folder:
            chosen = QFileDialog.getExistingDirectory(self, self._title, self.line.text())
        else:
            chosen = QFileDialog.getOpenFileName(self, self._title, self.line.text(), f"{self._pattern};;*")[0]
        if chosen:
            self.line.setText(chosen)

    def value(self) -> str:
        """The path."""
        return self.line.text()

    def set_value(self, value: Any) -> None:
        """Sets it."""
        if (text := str(value or "")) != self.line.text():
            self.line.setText(text)
