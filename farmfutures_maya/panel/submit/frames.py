"""The frames, and what they mean while they are typed."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from farmfutures.errors import OptionError

from ...actions.action import Action
from ...actions.request import Request
from ...actions.split import Split, frames_in_words, frames_of, in_words
from .. import look
from .editors import Editor

_SYNTAX = "1-100   1-100x2 (every 2nd)   1,5,20-30   1-100y2 (all but every 2nd)   1-100:8 (coarse first, then between)"


class Frames(Editor):
    """A range, and below it what it means: ``34 frames, 1 to 100, every 3rd``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("1-100")
        self.line.textChanged.connect(lambda: self.changed.emit())
        self.meaning = QLabel(self)
        self.meaning.setProperty("quiet", True)
        self.meaning.setWordWrap(True)
        self.meaning.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(look.TIGHT)
        layout.addWidget(self.line, 0, 0)
        layout.addWidget(self.meaning, 1, 0)
        self.setFocusProxy(self.line)

    def set_tip(self, text: str) -> None:
        """Says how ranges are written, too."""
        self.line.setToolTip(f"{text}\n{_SYNTAX}".strip())

    def value(self) -> str:
        """The range."""
        return self.line.text()

    def set_value(self, value: object) -> None:
        """Sets the range."""
        if (text := str(value or "")) != self.line.text():
            self.line.setText(text)

    def show_meaning(self, text: str) -> None:
        """Says what it means."""
        self.meaning.setText(text)
        self.meaning.setVisible(bool(text))


def meaning(request: Request, action: Action) -> str:
    """Returns what the frames of a request mean, "" where that is nothing or an error."""
    if action.signature.frames is None:
        return ""
    try:
        numbers = request.asked.numbers
    except OptionError:
        return ""
    if not numbers:
        return "None: the layers' own." if action.runs_in == "session" else "None: it runs once."
    return _in_words(request.frames)


@functools.lru_cache(maxsize=8)
def _in_words(text: str) -> str:
    return frames_in_words(frames_of(text))


def outcome(request: Request, action: Action) -> str:
    """Returns what work items come of a request, "" where it is not known before it is submitted."""
    if action.runs_in == "session":
        return ""
    try:
        return in_words(Split(action.signature, request.asked, action.label))
    except OptionError:
        return ""
