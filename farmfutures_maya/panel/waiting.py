"""Why something does not run: a sentence, and the button that helps."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from farmfutures import Farm, JobInfo, State, Waiting

from . import look
from .buttons import push
from .feed import Feed
from .steady import Steady

_LABELS = {"resume": "Resume", "priority": "Raise priority", "retry": "Retry"}
_SIGNS: dict[str, State | str] = {
    "paused": "paused", "starting": State.STARTING, "next": State.STARTING, "start_failed": "warning", "stuck": "warning",
    "stopping": "warning", "blocked": State.BLOCKED,
}  # fmt: skip
_SILENT = frozenset({"over", "running", ""})
"""What needs no reason."""


class WaitingBar(QWidget):
    """Is there only where something waits.

    Signals:
        helped: The verb of the button that was pressed: ``resume``, ``priority``, ``retry``.
    """

    helped = Signal(str)

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.why: Waiting | None = None
        self._asking = Steady(feed, "why", self)
        self._about: tuple[int, int | None] | None = None
        self.sign = _Sign(self)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = push("", self._help, self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.GAP, look.TIGHT, look.GAP, look.TIGHT)
        layout.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_job(self, job: JobInfo | None, work: int | None = None) -> None:
        """Says why a job does not run, or one of its items; nothing where that is no question."""
        about = (job.id, work) if job is not None and not job.state.done else None
        if about != self._about:
            self._about = about
            self._show(None)
        if about is not None:
            self._asking.ask(about, partial(_why, *about), self._come, self._is_gone)

    def _come(self, found: tuple[int, int | None, Waiting]) -> None:
        if found[:2] == self._about:
            self._show(found[2])

    def _is_gone(self, error: Exception) -> None:
        self._show(None)

    def _show(self, why: Waiting | None) -> None:
        if why == self.why:
            return
        self.why = why if why is not None and why.kind not in _SILENT else None
        if self.why is not None:
            self.sentence.setText(self.why.sentence)
            self.sign.show_sign(_SIGNS.get(self.why.kind, State.PENDING))
            self.button.setText(_LABELS.get(self.why.help, ""))
            self.button.setVisible(self.why.help in _LABELS)
        self.setVisible(self.why is not None)

    def _help(self) -> None:
        if self.why is not None:
            self.helped.emit(self.why.help)


class _Sign(QWidget):
    """One sign of the visual language."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name: State | str = State.PENDING
        self.setFixedSize(QSize(look.SIGN + 4, look.SIGN + 8))

    def show_sign(self, name: State | str) -> None:
        """Shows another one."""
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        look.paint_sign(QPainter(self), QRectF(2, 4, look.SIGN, look.SIGN), self._name)


def _why(job: int, work: int | None, farm: Farm) -> tuple[int, int | None, Waiting]:
    return job, work, farm.why(job, work)
