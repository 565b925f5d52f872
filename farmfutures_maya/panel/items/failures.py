"""Failures by cause: how many items each took, with the first traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from farmfutures import Farm, JobInfo, State
from farmfutures.causes import Cause, group
from farmfutures.frames import frames_text

from .. import look, words
from ..buttons import push
from ..elided import Elided
from ..feed import Feed
from ..flow import Flow
from ..steady import Steady

MOST = 5000
"""So many failures are looked at; of a job where everything fails, these say why."""

_PAGE = 500
_NAMES = 60


@dataclass(frozen=True, slots=True)
class Failures:
    """What was found.

    Attributes:
        job: The job's id.
        causes: Those with most items first.
        looked: How many failures were looked at.
    """

    job: int
    causes: Sequence[Cause]
    looked: int


class FailuresPane(QWidget):
    """The causes, and the one that is chosen.

    Signals:
        picked: Indices of items that somebody wants to see.
        opened: The index of an item whose log somebody wants to read.
        retried: Indices of items that somebody wants to run again.
        counted: How many causes there are.
    """

    picked = Signal(list)
    opened = Signal(int)
    retried = Signal(list)
    counted = Signal(int)

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.job: JobInfo | None = None
        self._reading = Steady(feed, "failures", self)
        self._looked_at = -1
        self.headline = Elided(parent=self)
        self.causes = QListWidget(self)
        self.causes.setAccessibleName("Causes of failures")
        self.causes.setAlternatingRowColors(True)
        self.causes.currentRowChanged.connect(self._show_cause)
        self.causes.itemActivated.connect(self._open)
        self.traceback = QPlainTextEdit(self)
        self.traceback.setReadOnly(True)
        self.traceback.setFont(look.mono())
        self.traceback.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.traceback.setAccessibleName("Traceback of the first of them")
        self._found: Failures | None = None
        self.retry = push("Retry", self._retry, self)
        self.show_items = push("Show items", self._pick, self)
        self.log = push("Open log", self._open, self)
        self.copy = push("Copy", self._copy, self)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = Flow(gap=look.GAP)
        buttons.setContentsMargins(look.GAP, 0, look.GAP, look.GAP)
        for button in (self.retry, self.show_items, self.log, self.copy):
            buttons.addWidget(button)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(self.causes)
        splitter.addWidget(self.traceback)
        splitter.setSizes([140, 240])
        self.setFocusProxy(self.causes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.GAP, 0, 0)
        layout.setSpacing(look.GAP)
        self.headline.setContentsMargins(look.GAP, 0, look.GAP, 0)
        layout.addWidget(self.headline)
        layout.addWidget(splitter, 1)
        layout.addLayout(buttons)

    # --- what is shown

    def show_job(self, job: JobInfo | None) -> None:
        """Shows a job's failures, or those that came since."""
        other = job is None or self.job is None or job.id != self.job.id
        failed = job.counts.get(State.FAILED, 0) if job is not None else 0
        if other:
            self._show(Failures(job.id if job is not None else 0, (), 0))
        self.job = job
        if job is not None and (other or failed != self._looked_at):
            self._looked_at = failed
            self._reading.ask(job.id, partial(read, job.id), self._come, self._is_gone)

    def _come(self, found: Failures) -> None:
        if self.job is not None and found.job == self.job.id:
            self._show(found)

    def _is_gone(self, error: Exception) -> None:
        self._looked_at = -1
        self.headline.setText(str(error))

    def _show(self, found: Failures) -> None:
        row = max(0, self.causes.currentRow())
        self._found = found
        self.causes.clear()
        for cause in found.causes:
            item = QListWidgetItem(look.icon(State.FAILED), describe(cause))
            item.setToolTip(f"{cause.title}\n{cause.place}")
            item.setSizeHint(QSize(0, look.row_height(self) * 2))
            self.causes.addItem(item)
        self.causes.setCurrentRow(min(row, len(found.causes) - 1))
        self.headline.setText(self._headline(found))
        self._show_cause()
        self.counted.emit(len(found.causes))

    def _headline(self, found: Failures) -> str:
        if not found.causes:
            return "Nothing failed."
        failed = max(found.looked, self.job.counts.get(State.FAILED, 0) if self.job is not None else 0)
        text = f"{words.many(failed, 'item')} failed, {words.many(len(found.causes), 'cause')}"
        return text if found.looked >= failed else f"{text} among the first {found.looked:,}"

    def cause(self) -> Cause | None:
        """Returns the chosen cause."""
        row = self.causes.currentRow()
        return self._found.causes[row] if self._found is not None and 0 <= row < len(self._found.causes) else None

    def _show_cause(self) -> None:
        cause = self.cause()
        self.traceback.setPlainText(cause.traceback if cause is not None else "")
        self.retry.setText(f"Retry {words.many(len(cause.works), 'item')}" if cause is not None else "Retry")
        for button in (self.retry, self.show_items, self.log, self.copy):
            button.setEnabled(cause is not None)

    # --- what can be done

    def _retry(self) -> None:
        if (cause := self.cause()) is not None:
            self.retried.emit(cause.works)

    def _pick(self) -> None:
        if (cause := self.cause()) is not None:
            self.picked.emit(cause.works)

    def _open(self, _: object = None) -> None:
        if (cause := self.cause()) is not None:
            self.opened.emit(cause.works[0])

    def _copy(self) -> None:
        if (cause := self.cause()) is not None:
            QGuiApplication.clipboard().setText(f"{describe(cause)}\n\n{cause.traceback}\n")


def describe(cause: Cause) -> str:
    """Returns a cause in two lines: what, and where and which items."""
    items = frames_text(cause.works)
    if len(items) > _NAMES:
        items = items[:_NAMES].rpartition(", ")[0] + ", …"
    place = f"{cause.place}   " if cause.place else ""
    return f"{cause.title}\n{words.many(len(cause.works), 'item')}: {items}   {place}".rstrip()


def read(job: int, farm: Farm) -> Failures:
    """Asks for failures, a page at a time, and groups them. Runs on a thread of the feed."""
    found: list[tuple[int, str]] = []
    while len(found) < MOST:
        page = farm.errors(job, _PAGE, len(found))
        found += page
        if len(page) < _PAGE:
            break
    return Failures(job, group(found), len(found))
