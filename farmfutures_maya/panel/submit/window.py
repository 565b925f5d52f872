"""The window of the form: beside the panel, so that both are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from .. import look
from .form import SubmitForm

if TYPE_CHECKING:
    from ..feed import Feed


class SubmitWindow(QWidget):
    """A window with the form in it; Esc hides it, and what is in it stays.

    Args:
        feed: As of `SubmitForm`.
        parent: What it stays in front of.
    """

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Submit to the farm")
        self.setPalette(look.palette())
        self.form = SubmitForm(feed, self)
        self.form.closed.connect(self.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)

    def open(self) -> None:
        """Shows it, or brings it to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
