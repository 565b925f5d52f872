"""`Panel`: the whole. It sits in a workspace control of Maya, and is a window of its own outside of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from farmfutures import JobInfo

from . import about, look, memory, polite, words
from .details import Details
from .feed import Feed, Health
from .header import Header
from .jobs.filters import KINDS
from .jobs.table import JobTable
from .key_list import SERIES, KeyList
from .keys import Keys
from .notice import Notice
from .verbs.actions import Verbs
from .verbs.table import RAISE, RESUME, RETRY
from .verbs.targets import Target
from .watch import Seen

if TYPE_CHECKING:
    from .submit.window import SubmitWindow

LIMIT = 1000
"""So many of the newest jobs are shown."""

BESIDE_EACH_OTHER, ONE_ABOVE = "beside", "above"
"""How jobs and details lie, in what is remembered."""

BESIDE = 1100
"""In a panel that is wider than this, the details are beside the jobs, not below."""

_SAVE_MS = 400
_TOLD_S = 12
_AGE_MS = 1000
_NONE_YET = "<big>No jobs yet</big><p>Submit... hands work to the farm: a script, frames of this scene, a cache.</p>"
_NONE_FOUND = "<big>Nothing found</big><p>None of the {known} is like that. Esc looks for all of them again.</p>"


class Panel(QWidget):
    """Head, notices, jobs, and what there is to know of those that are chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FarmFuturesPanel")
        self.setStyleSheet(look.style_sheet())
        self.feed = Feed(LIMIT, self, still=polite.still)
        self.header = Header(self)
        self.notice = Notice(self)
        self.table = JobTable(self)
        self.details = Details(self.feed, self)
        self.verbs = Verbs(self.feed, self.notice, self)
        self.on_jobs = self.verbs.job_actions(self.table, self._targets)
        self.on_items = self.verbs.item_actions(self.details.items, self.details.targets)
        self._engine = ""
        self._form: SubmitWindow | None = None
        self._awaited = 0
        self._down = False
        self._chose = False
        self._shares: dict[str, float] = {}
        """What part of the panel the jobs have, beside the details and above them."""
        self._saving = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._ageing = QTimer(self, interval=_AGE_MS)
        self._lay()
        self._connect()
        self._add_actions()
        self.keys = Keys(self)
        self.header.menu.setMenu(self._menu())
        self.table.say("Asking the farm...")
        self.details.hide()
        self._restore(memory.load())
        self.setFocusProxy(self.table)
        self.table.setFocus()

    def _lay(self) -> None:
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setHandleWidth(3)
        self.split.addWidget(self.table)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 1)
        self.split.setCollapsible(0, False)
        self.table.setMinimumHeight(3 * look.row_height(self.table))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.header)
        lines.addWidget(self.notice)
        lines.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.feed.seen.connect(self.show_seen)
        self.feed.health.connect(self.show_health)
        self.feed.refused.connect(self._refuse)
        self.header.wanted.connect(self._find)
        self.header.submit.connect(self.submit)
        self.table.jobs.counted.connect(self.header.show_counts)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self._open)
        self.table.asked.connect(self.on_jobs.pop_up)
        self.details.items.asked.connect(self.on_items.pop_up)
        self.details.moved.connect(self.on_items.refresh)
        self.details.items.known.connect(self.on_items.refresh)
        self.details.asked.connect(self._help)
        self.details.add_tools([self.on_jobs.named[name] for name in ("retry", "pause", "resume", "cancel")])
        self.table.layout_of.changed.connect(self._saving.start)
        self.split.splitterMoved.connect(self._moved)
        self._saving.timeout.connect(self.save)
        self._ageing.timeout.connect(self._say_age)

    # --- what the farm says

    def show_seen(self, seen: Seen) -> None:
        """Shows what a look at the farm brought; where it brought none, what was known stays."""
        if seen.engine:
            self._engine = seen.engine
        if seen.jobs is None:
            return
        self.table.jobs.take(seen.jobs, seen.left)
        if not self._chose and seen.jobs:
            self._chose = True
            if not self.table.chosen_jobs():
                self.table.choose({seen.jobs[0].id})
        self.table.refresh()
        if any(job.id == self._awaited for job in seen.jobs):
            self.table.choose({self._awaited})
            self._awaited = 0
        self._say_empty()

    def show_health(self, health: Health) -> None:
        """Says how well the farm answers; what is the matter stands in a bar until it is not any more."""
        self.header.show_health(health, self._engine)
        if health.kind in ("down", "slow"):
            age = f" What you see is from {ago}." if health.known_s and (ago := words.age(health.known_s)) != "now" else ""
            text = health.sentence + age
            if not self._down or self.notice.text.text() != text:
                self.notice.say(text, "warning", button="Look again", does=self.look_again)
            self._down = True
            if not self.table.jobs.known:
                self.table.say("")
        elif self._down:
            self._down = False
            self.notice.end()

    def _say_age(self) -> None:
        self.header.show_health(self.feed.now, self._engine)

    def _say_empty(self) -> None:
        known = self.table.jobs.known
        none = "" if self.table.jobs.rowCount() else _NONE_FOUND.format(known=words.many(known, "job")) if known else _NONE_YET
        self.table.say(none)
        if bool(known) != self.details.isVisibleTo(self):
            self.details.setVisible(bool(known))
            self._share_out()

    # --- what is chosen

    def _find(self, wanted: Any) -> None:
        self.table.jobs.find(wanted)
        self.table.refresh()
        self._say_empty()
        self._saving.start()

    def _choose(self, jobs: list[JobInfo]) -> None:
        self.details.show_jobs(jobs)
        self.on_jobs.refresh()

    def _targets(self) -> list[Target]:
        return [Target(job) for job in self.table.chosen_jobs()]

    def _help(self, name: str, works: list[int]) -> None:
        """Does what a button in the details is for."""
        targets = [Target(self.details.job, tuple(works))] if self.details.job is not None and works else self._targets()
        self.verbs.do({"retry": RETRY, "resume": RESUME, "priority": RAISE}[name], targets)

    # --- deeds

    def _add_actions(self) -> None:
        """What can be done by a key; ``?`` lists them in this order."""
        self._action("Submit a job", self.submit, "Ctrl+N")
        self._action("Search jobs", self.search, "/", "Ctrl+F")
        chips = [self.header.chips[kind].click for kind in KINDS]
        self._series(f"Only jobs that are {', '.join(KINDS)}", chips, "")
        self._action("My jobs, or everybody's", self.header.mine.click, "M")
        self._action("Back, to the jobs and to all of them", self.back, "Esc")
        open_job = QAction("Look into the job", self.table)
        open_job.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        open_job.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # Elsewhere Enter is for what is there.
        open_job.triggered.connect(self.table.activate)
        self.table.addAction(open_job)
        tabs = self.details.tabs
        names = ", ".join(tabs.tabText(place).lower() for place in range(tabs.count()))
        self._series(f"To the {names}", [partial(self._to_details, place) for place in range(tabs.count())], "Ctrl+")
        self._action("Look at the farm now", self.look_again, "F5")
        self._action("These keys", self.show_keys, "?", "F1")

    def _action(self, text: str, does: Callable[..., object], *keys: str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(does)
        self.addAction(action)
        return action

    def _series(self, text: str, does: Sequence[Callable[..., object]], keys: str) -> None:
        """Adds actions with the keys 1, 2, 3..., which are listed together."""
        for number, one in enumerate(does, 1):
            action = self._action(text, one, f"{keys}{number}")
            action.setProperty(SERIES, f"{keys}1 to {len(does)}")

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._deeds = [self.on_jobs.menu("Jobs", menu), self.on_items.menu("Items", menu)]
        menu.aboutToShow.connect(lambda: self._fill(menu))
        return menu

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for deeds in self._deeds:
            menu.addMenu(deeds)
        menu.addMenu(self.table.layout_of.menu())
        menu.addSeparator()
        menu.addAction("Look Again\tF5").triggered.connect(self.look_again)
        menu.addAction("Keys\t?").triggered.connect(self.show_keys)
        menu.addAction("About").triggered.connect(self.show_about)

    def submit(self) -> None:
        """Opens the form to submit from, in a window beside the panel; it stays as it is while it is closed."""
        if self._form is None:
            from .submit.window import SubmitWindow  # Late: whoever only looks needs no form.

            self._form = SubmitWindow(self.feed, self)
            self._form.form.submitted.connect(self._submitted)
        self._form.open()

    def _submitted(self, job: int) -> None:
        assert self._form is not None
        engine = self._form.form.request().engine
        if engine and engine != self._engine:  # The table shows another one, whose numbers are its own.
            self.notice.say(f"Job {job} was submitted. See it by farmfutures --engine {engine} jobs.", "good", seconds=_TOLD_S)
            return
        self._awaited = job
        self.notice.say(f"Job {job} was submitted.", "good", button="Show it", does=partial(self.show_job, job), seconds=_TOLD_S)
        self.feed.look_soon()

    def show_job(self, job: int) -> None:
        """Brings a job to the eye, once it is known."""
        self.table.choose({job})
        self.window().raise_()

    def search(self) -> None:
        """Puts the keyboard into the search field."""
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    def back(self) -> None:
        """Goes back a step: from the details or the search to the jobs, from there to all jobs, from there to none."""
        if not self.table.hasFocus():
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self.header.filter.text or self.header.filter.kinds:
            self.header.clear()
        elif self.notice.isVisible():
            self.notice.end()

    def look_again(self) -> None:
        """Looks at the farm now."""
        self.feed.look_soon()

    def show_keys(self) -> None:
        """Shows the keys over the panel."""
        overlay = KeyList(self)
        overlay.show()
        overlay.raise_()
        overlay.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_about(self) -> None:
        """Says which version this is, which farm, and what the panel has cost Maya so far."""
        about.show(self, self.feed, self._engine)

    def _open(self, _: JobInfo) -> None:
        self._to_details(self.details.tabs.currentIndex())

    def _to_details(self, place: int, *_: object) -> None:
        self.details.go_to(place)

    def _refuse(self, _: object, error: Exception) -> None:
        self.notice.say(str(error), "error")

    # --- remembering

    def save(self) -> None:
        """Notes how the panel was set up."""
        self._saving.stop()
        wanted = self.header.filter
        memory.save({
            "columns": self.table.layout_of.saved(), "mine": bool(wanted.user), "kinds": sorted(wanted.kinds),
            "shares": self._shares,
        })  # fmt: skip

    def _restore(self, saved: dict[str, Any]) -> None:
        columns, kinds = saved.get("columns"), saved.get("kinds")
        self.table.layout_of.restore(cast("dict[str, Any]", columns) if isinstance(columns, dict) else {})
        self.header.mine.setChecked(saved.get("mine") is True)
        for kind in cast("list[object]", kinds) if isinstance(kinds, list) else ():
            if kind in KINDS:
                self.header.chips[str(kind)].setChecked(True)
        self._shares |= _shares_in(saved.get("shares"))
        self._saving.stop()

    def _moved(self, *_: int) -> None:
        jobs, details = self.split.sizes()
        self._shares[self._direction()] = jobs / max(1, jobs + details)
        self._saving.start()

    def _direction(self) -> str:
        return BESIDE_EACH_OTHER if self.split.orientation() == Qt.Orientation.Horizontal else ONE_ABOVE

    def _share_out(self) -> None:
        """Gives jobs and details the parts of the panel that somebody has given them before."""
        share = self._shares.get(self._direction())
        if share is not None and self.details.isVisibleTo(self):
            whole = sum(self.split.sizes())
            self.split.setSizes([round(whole * share), whole - round(whole * share)])

    # --- events

    def sizeHint(self) -> QSize:
        """Wide enough for the columns that count."""
        return QSize(1000, 720)

    def minimumSizeHint(self) -> QSize:
        """Maya's narrowest panels."""
        return QSize(240, 200)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """A wide panel has the details beside the jobs."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if event.size().width() > BESIDE else Qt.Orientation.Vertical
        if wanted != self.split.orientation():
            self.split.setOrientation(wanted)
            self._share_out()

    def showEvent(self, event: QShowEvent, /) -> None:
        """Somebody looks: ask."""
        super().showEvent(event)
        self.feed.start()
        self._ageing.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Nobody looks: a tab behind others costs nothing."""
        self.feed.stop()
        self._ageing.stop()
        if self._saving.isActive():
            self.save()
        super().hideEvent(event)


def _shares_in(saved: object) -> dict[str, float]:
    """Returns what of this makes sense: parts of a whole by the names of the two directions."""
    known = cast("dict[object, object]", saved) if isinstance(saved, dict) else {}
    return {
        name: share for name in (BESIDE_EACH_OTHER, ONE_ABOVE) if isinstance(share := known.get(name), float) and 0 < share < 1
    }
