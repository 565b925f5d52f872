"""What there is to know of the chosen job: why it waits, its items, their failures, logs and results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabWidget, QToolButton, QVBoxLayout, QWidget

from farmfutures import JobInfo, State

from . import look
from .elided import Elided
from .feed import Feed
from .items.failures import FailuresPane
from .items.pane import ItemsPane
from .log.pane import LogPane
from .result.pane import ResultPane
from .verbs.targets import Target
from .waiting import WaitingBar
from .watch import Seen

_NONE = "Choose a job to see its work items, logs and results."


class Details(QWidget):
    """Tabs about one job. Of many that are chosen, the first is shown.

    It refreshes by itself with each look of the feed, as long as it is seen.

    Signals:
        asked: A verb that somebody asked for (``resume``, ``priority``, ``retry``), and the indices of the items that it is
            for: an empty list for the jobs.
        moved: The chosen items are others.
    """

    asked = Signal(str, list)
    moved = Signal()

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.jobs: list[JobInfo] = []
        self.headline = Elided(parent=self)
        self.waiting = WaitingBar(feed, self)
        self.items = ItemsPane(feed, self)
        self.failures = FailuresPane(feed, self)
        self.log = LogPane(feed, self)
        self.result = ResultPane(feed, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.items, "Items")
        self.tabs.addTab(self.failures, "Failures")
        self.tabs.addTab(self.log, "Log")
        self.tabs.addTab(self.result, "Result")
        self.empty = QLabel(_NONE, self)
        self.empty.setWordWrap(True)
        self.empty.setProperty("quiet", True)
        self.empty.setContentsMargins(look.GAP * 2, look.GAP * 2, look.GAP * 2, look.GAP * 2)
        self._lay_out()
        self._connect()
        self.show_jobs([])

    def _lay_out(self) -> None:
        self.headline.setContentsMargins(look.GAP, look.TIGHT, look.GAP, look.TIGHT)
        self.head = QWidget(self)
        self._tools = QHBoxLayout(self.head)
        self._tools.setContentsMargins(0, look.TIGHT, look.GAP, 0)
        self._tools.setSpacing(look.TIGHT)
        self._tools.addWidget(self.headline, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget, stretch in ((self.head, 0), (self.waiting, 0), (self.tabs, 1), (self.empty, 0)):
            layout.addWidget(widget, stretch)
        layout.addStretch(0)

    def _connect(self) -> None:
        self.feed.seen.connect(self._look_again)
        self.waiting.helped.connect(self._help)
        self.items.moved.connect(self._has_moved)
        self.items.known.connect(self._turn)
        self.items.opened.connect(self.open_log)
        self.failures.opened.connect(self.open_log)
        self.tabs.currentChanged.connect(self._turn)
        self.result.beyond.connect(self._flip)
        self.failures.counted.connect(self._count_causes)
        self.failures.picked.connect(self._pick)
        self.failures.retried.connect(partial(self.asked.emit, "retry"))

    def add_tools(self, actions: Sequence[QAction]) -> None:
        """Puts buttons beside the job's name, each as long as it can be used."""
        for action in actions:
            button = QToolButton(self.head)
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setVisible(action.isEnabled())
            action.changed.connect(partial(_follow, button, action))
            self._tools.addWidget(button)

    # --- which job

    @property
    def job(self) -> JobInfo | None:
        """The job that is shown."""
        return self.jobs[0] if self.jobs else None

    def show_jobs(self, jobs: Sequence[JobInfo]) -> None:
        """Shows a job; of more than one the first."""
        self.jobs = list(jobs)
        job = self.job
        for widget in (self.head, self.tabs):
            widget.setVisible(job is not None)
        self.empty.setVisible(job is None)
        self.headline.setText(_headline(self.jobs))
        self._refresh()

    def _look_again(self, seen: Seen) -> None:
        """Something may have changed."""
        if seen.jobs is None or not self.jobs or not self.isVisible():
            return
        known = {job.id: job for job in seen.jobs}
        jobs = [known.get(job.id, job) for job in self.jobs]
        settled = jobs == self.jobs and jobs[0].state.done
        if not settled:
            self.show_jobs(jobs)

    def _refresh(self) -> None:
        job = self.job
        self.items.show_job(job)
        self.failures.show_job(job)
        self._show_item()
        self._ask_why()

    def _show_item(self) -> None:
        self.log.show_item(self.job, self.items.current)
        self.result.show_item(self.job, self.items.current, self.items.state())

    def _ask_why(self) -> None:
        """Of an item that waits; where none is looked at, of the job."""
        waits = self.items.state() in (State.PENDING, State.BLOCKED)
        self.waiting.show_job(self.job, self.items.current if waits else None)

    def go_to(self, place: int) -> None:
        """Goes to a tab, with the keyboard."""
        self.tabs.setCurrentIndex(place)
        page = self.tabs.currentWidget()
        (page.focusProxy() or page).setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- between the panes

    def chosen_works(self) -> list[int]:
        """Returns the indices of the chosen items."""
        return self.items.chosen()

    def targets(self) -> list[Target]:
        """Returns the chosen items as what verbs are for."""
        works = self.chosen_works()
        return [Target(self.job, tuple(works), self.items.model.rows.states)] if self.job is not None and works else []

    def open_log(self, work: int) -> None:
        """Shows the log of an item."""
        self.items.pick(work)
        self.go_to(self.tabs.indexOf(self.log))

    def _turn(self) -> None:
        """Another tab is shown."""
        self._choose_one()
        self._show_item()

    def _flip(self, step: int) -> None:
        """Past the images of an item are those of the next one."""
        work = self.items.current + step
        if 0 <= work < len(self.items.model.rows.states):
            self.items.pick(work)
            self.result.setFocus()

    def _choose_one(self) -> None:
        """Who looks at logs without having chosen an item sees the one that failed first, else one that runs."""
        if self.items.current < 0 and self.tabs.currentWidget() is not self.items:
            work = self.items.telling()
            if work is not None:
                self.items.pick(work)

    def _has_moved(self) -> None:
        self._show_item()
        self._ask_why()
        self.moved.emit()

    def _help(self, verb: str) -> None:
        self.asked.emit(verb, [])

    def _pick(self, works: list[int]) -> None:
        self.tabs.setCurrentWidget(self.items)
        self.items.choose(works)
        self.items.table.setFocus()

    def _count_causes(self, count: int) -> None:
        self.tabs.setTabText(self.tabs.indexOf(self.failures), f"Failures ({count})" if count else "Failures")


def _follow(button: QToolButton, action: QAction) -> None:
    button.setVisible(action.isEnabled())


def _headline(jobs: Sequence[JobInfo]) -> str:
    if not jobs:
        return ""
    first = f"{jobs[0].id}  {jobs[0].name}"
    return first if len(jobs) == 1 else f"{len(jobs)} jobs are chosen; the first is {first}"
