"""The dialog with the script that does the same."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from .. import look


class AsPython(QDialog):
    """Shows a script, and copies it."""

    def __init__(self, script: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("The same as Python")
        self.text = QPlainTextEdit(script, self)
        self.text.setReadOnly(True)
        self.text.setFont(look.mono())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy = QPushButton("Copy", self)
        self.copy.setProperty("primary", True)
        self.copy.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        said = QLabel("This script submits the same job, from Maya or from mayapy.", self)
        said.setProperty("quiet", True)
        layout = QVBoxLayout(self)
        for part in (said, self.text, buttons):
            layout.addWidget(part)
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")

    def sizeHint(self) -> QSize:
        """Wide enough for most scripts."""
        return QSize(640, 360)
