"""How far a submission is, and what the checks found: what stands in the way first, each with what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...problems import Problem, Severity
from .. import look
from .row import TroubleLine
from .sending import Sending, Stage, counted

_LIST_HEIGHT = 180


class Progress(QWidget):
    """A bar, a sentence, the problems, and the buttons that go with them.

    Signals:
        go_on: Submit although something was found.
        cancel: Don't.
        try_now: Try to reach the farm.
    """

    go_on = Signal()
    cancel = Signal()
    try_now = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(look.GAP)
        self.problems = _Problems(self)
        self.again = QPushButton("Try now", self)
        self.anyway = QPushButton("Submit anyway", self)
        self.stop = QPushButton("Cancel", self)
        for button, signal in ((self.again, self.try_now), (self.anyway, self.go_on), (self.stop, self.cancel)):
            button.clicked.connect(signal)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.GAP)
        buttons.addStretch(1)
        for button in (self.again, self.anyway, self.stop):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.TIGHT)
        for part in (self.text, self.bar, self.problems):
            layout.addWidget(part)
        layout.addLayout(buttons)
        self.hide()

    def show_sending(self, sending: Sending) -> None:
        """Shows how far it is; nothing while nothing is under way."""
        stage = sending.stage
        self.setVisible(sending.busy)
        self.text.setText(_sentence(sending))
        self.bar.setVisible(stage not in (Stage.HELD, Stage.AWAY))
        value, most = counted(sending)
        self.bar.setMaximum(most)
        self.bar.setValue(value)
        self.problems.setVisible(stage == Stage.HELD)
        if stage == Stage.HELD:
            self.problems.show_problems(sending.problems)
        self.anyway.setVisible(stage == Stage.HELD)
        self.again.setVisible(stage == Stage.AWAY)
        self.stop.setVisible(stage != Stage.HAND)
        self.stop.setText("Back" if stage == Stage.HELD else "Cancel")


def _sentence(sending: Sending) -> str:
    if sending.stage == Stage.HELD:
        return f"Before it is sent, {in_words(sending.problems)}. Nothing was submitted yet."
    if sending.total:
        return f"{sending.text[:1].upper()}{sending.text[1:].rstrip('.')}: {sending.done:,} of {sending.total:,}"
    return f"{sending.text[:1].upper()}{sending.text[1:]}"


def in_words(problems: Sequence[Problem]) -> str:
    """Returns ``"2 errors and a warning were found"``."""
    counts = [(sum(one.severity == kind for one in problems), str(kind)) for kind in Severity]
    parts = [
        f"{'a' if kind != 'error' else 'an'} {kind}" if count == 1 else f"{count} {kind}s" for count, kind in counts if count
    ]
    verb = "was" if sum(count for count, _ in counts) == 1 else "were"
    return f"{' and '.join([', '.join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)} {verb} found"


class _Problems(QScrollArea):
    """What the checks found."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setMaximumHeight(_LIST_HEIGHT)
        self.shown: tuple[Problem, ...] = ()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Shows them, the worst first."""
        if tuple(problems) == self.shown and self.widget() is not None:
            return
        self.shown = tuple(problems)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(look.GAP, look.GAP, look.GAP, look.GAP)
        layout.setSpacing(look.GAP)
        for problem in problems:
            text = f"{problem.place}: {problem.cause}. {problem.fix}"
            layout.addWidget(TroubleLine(problem.severity, text, parent=page))
        layout.addStretch(1)
        self.setWidget(page)
