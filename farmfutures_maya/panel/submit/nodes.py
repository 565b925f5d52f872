"""The nodes that an action runs on, and the selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from .. import look
from .editors import Editor, Lines


class Nodes(Editor):
    """Names of nodes, one a line, and a button that takes what is selected.

    Signals:
        wanted: The selection is to be taken; whoever knows it sets it.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = Lines(3, hint="|group|node, one a line", parent=self)
        self.list.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.list.changed.connect(self.changed)
        self.button = QToolButton(self)
        self.button.setText("Use the selection")
        self.button.setToolTip("Take what is selected in the scene instead")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self.wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.TIGHT)
        layout.addWidget(self.list)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.list)

    def offer(self, selection: Sequence[str] | None) -> None:
        """Says how many nodes are selected; None where there is no scene to select in."""
        self.button.setVisible(selection is not None)
        self.button.setEnabled(bool(selection))
        self.button.setText(f"Use the selection ({len(selection)})" if selection else "Nothing is selected")

    def value(self) -> Any:
        """The names."""
        return self.list.value()

    def set_value(self, value: Any) -> None:
        """Sets them."""
        self.list.set_value(value)
