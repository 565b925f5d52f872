"""Verbs as actions: they say for how many items they are, are confirmed where something is lost, and can be taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from farmfutures import Farm

from .. import look, words
from ..feed import Feed
from ..notice import Notice
from . import table
from .places import log_paths, output_folder
from .resubmit import ResubmitForm
from .table import Done, Verb
from .targets import Target, survey

UNDO_S = 5.0
"""So long something can be taken back; what can't be is done after it."""

Pick = Callable[[], Sequence[Target]]

_KEYS = {
    "pause": "P", "resume": "Shift+P", "raise": "+", "lower": "-", "cancel": "X", "kill": "Shift+X", "retry": "R",
    "again": "Shift+R", "mark_done": "D", "remove": "Del", "first": "F", "last": "Shift+F",
}  # fmt: skip
_SIGNS = {"pause": "paused", "resume": "running", "cancel": "cancelled", "kill": "killed", "retry": "again", "mark_done": "good"}
_JOB_VERBS = ("retry", "pause", "resume", "|", "raise", "lower", "priority", "scouts", "|", "cancel", "kill", "mark_done", "|",
              "resubmit", "folder", "copy_logs", "copy_id", "|", "remove")  # fmt: skip
_ITEM_VERBS = ("retry", "again", "|", "first", "last", "scouts", "|", "cancel", "kill", "mark_done", "|", "resubmit", "folder",
               "copy_logs")  # fmt: skip


class Verbs(QObject):
    """Does verbs, and says what came of them.

    Args:
        feed: Does the deeds.
        notice: Where it is said.
        parent: The panel.

    Signals:
        submitted: The id of a job that was submitted once more.
    """

    submitted = Signal(int)

    def __init__(self, feed: Feed, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self._feed = feed
        self._notice = notice
        self._panel = parent
        self.form: ResubmitForm | None = None

    # --- doing

    def do(self, verb: Verb, targets: Sequence[Target]) -> None:
        """Does a verb, or asks first, or does it when it was not taken back."""
        if not targets:
            return
        if verb.how == "confirm":
            self._feed.ask("verb", partial(_survey, targets), partial(self._confirm, verb), self._refuse)
        elif verb.how == "later":
            self._announce(verb, targets)
        else:
            self._act(verb, targets)

    def _act(self, verb: Verb, targets: Sequence[Target]) -> None:
        self._feed.act(partial(table.run, verb, targets), partial(self._say, verb), self._refuse)

    def _confirm(self, verb: Verb, targets: list[Target]) -> None:
        """Says exactly how many, as they stand now, and waits for the button."""
        count = verb.count(targets)
        if not count:
            self._say(verb, Done())
            return
        button = f"{verb.text} {words.many(count, verb.thing)}"
        self._notice.say(
            f"{button}{_of_jobs(targets)}? {_parts(verb, targets)} {verb.warning}", "warning", button=button,
            does=partial(self._act, verb, targets),
        )  # fmt: skip
        self._notice.button.setFocus()

    def _announce(self, verb: Verb, targets: Sequence[Target]) -> None:
        """It is done in some seconds: until then it can be taken back."""
        fitting = [target for target in targets if verb.fits(target)]
        if not fitting:
            self._say(verb, Done())
            return
        items = sum(target.job.total for target in fitting)
        text = f"{words.many(len(fitting), 'job')} ({words.many(items, 'item')}) will be {verb.past} {verb.warning}."
        act = partial(self._act, verb, fitting)
        self._notice.say(text, "warning", button="Undo", does=self._leave_be, ends=act, seconds=UNDO_S)

    def _leave_be(self) -> None:
        self._notice.say("Nothing was changed.", "news", seconds=UNDO_S)

    def _say(self, verb: Verb, done: Done) -> None:
        refused = f" {done.refused[0]}" if done.refused else ""
        if not done.count:
            self._notice.say(refused.strip() or f"There is nothing to {verb.text.lower()}.", "error" if refused else "news")
            return
        of = f" of {words.many(done.jobs, 'job')}" if done.jobs > 1 and verb.thing == "item" else ""
        text = f"{words.many(done.count, verb.thing)}{of} {verb.past}.{refused}"
        kind = "warning" if refused else "good"
        if done.undo:
            self._notice.say(text, kind, button="Undo", does=partial(self._take_back, done), seconds=UNDO_S)
        else:
            self._notice.say(text, kind, seconds=UNDO_S)

    def _take_back(self, done: Done) -> None:
        self._feed.act(partial(table.take_back, done), self._taken_back, self._refuse)

    def _taken_back(self, _: int) -> None:
        self._notice.say("Taken back.", "good", seconds=UNDO_S)

    def _refuse(self, error: Exception) -> None:
        self._notice.say(str(error), "error")

    # --- more than a word

    def set_priority(self, targets: Sequence[Target]) -> None:
        """Asks for a priority, and sets it."""
        if targets:
            value, given = QInputDialog.getInt(
                self._panel, "Priority", f"Priority of {_jobs(targets)}.\nHigher goes first; 50 is usual.",
                targets[0].job.priority, -1_000_000, 1_000_000,
            )  # fmt: skip
            if given:
                deed = table.set_priority(lambda _: value)
                self.do(Verb("priority", "Set Priority of", f"at priority {value}", deed, fits=table.RAISE.fits), targets)

    def resubmit(self, targets: Sequence[Target]) -> None:
        """Asks what is to differ, and submits the first of them once more."""
        if targets:
            job = targets[0].job.id
            self._feed.ask("verb", lambda farm: farm.spec(job), partial(self._ask_changes, targets[0]), self._refuse)

    def _ask_changes(self, target: Target, spec: dict[str, Any]) -> None:
        self.form = ResubmitForm(target, spec, self._panel)
        self.form.wanted.connect(partial(self._resubmit, target))
        self.form.open()

    def _resubmit(self, target: Target, name: str, changes: dict[str, Any]) -> None:
        works = None if target.works is None else list(target.works)
        self._feed.act(
            lambda farm: farm.resubmit(target.job.id, works, name=name, **changes), self._resubmitted, self._refuse
        )  # fmt: skip

    def _resubmitted(self, job: int) -> None:
        self._notice.say(f"Submitted as job {job}.", "good", seconds=UNDO_S)
        self.submitted.emit(job)

    def copy_logs(self, targets: Sequence[Target]) -> None:
        """Copies the paths of logs."""
        self._feed.ask("verb", partial(log_paths, targets), self._copy_paths, self._refuse)

    def _copy_paths(self, paths: list[str]) -> None:
        QGuiApplication.clipboard().setText("\n".join(paths))
        self._notice.say(
            f"{words.many(len(paths), 'path')} copied." if paths else "Nothing was printed: there is no log.", seconds=UNDO_S
        )

    def copy_ids(self, targets: Sequence[Target]) -> None:
        """Copies the numbers of jobs."""
        QGuiApplication.clipboard().setText(" ".join(str(target.job.id) for target in targets))

    def open_folder(self, targets: Sequence[Target]) -> None:
        """Opens the folder that the images went to."""
        self._feed.ask("verb", partial(output_folder, targets), self._open, self._refuse)

    def _open(self, folder: str) -> None:
        if folder:
            QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
        else:
            self._notice.say("It is not known where this job wrote to.", "news", seconds=UNDO_S)

    # --- actions

    def job_actions(self, widget: QWidget, pick: Pick) -> Actions:
        """Returns actions for jobs, and gives the widget their keys."""
        return Actions(self, _JOB_VERBS, widget, pick)

    def item_actions(self, widget: QWidget, pick: Pick) -> Actions:
        """Returns actions for items, and gives the widget their keys."""
        return Actions(self, _ITEM_VERBS, widget, pick)


class Actions(QObject):
    """Verbs for what is chosen in one widget.

    Args:
        verbs: Does them.
        names: Which, in the order of the menu; ``"|"`` is a line between.
        widget: Whose keys they are.
        pick: Returns what is chosen.
    """

    def __init__(self, verbs: Verbs, names: Sequence[str], widget: QWidget, pick: Pick) -> None:
        super().__init__(widget)
        self._widget = widget
        self._pick = pick
        self._names = names
        self.named: dict[str, QAction] = {}
        others: dict[str, tuple[str, str, Callable[[Sequence[Target]], None]]] = {
            "priority": ("Set Priority...", "Ctrl+P", verbs.set_priority),
            "resubmit": ("Resubmit with Changes...", "Ctrl+R", verbs.resubmit),
            "folder": ("Open Output Folder", "O", verbs.open_folder),
            "copy_logs": ("Copy Paths of Logs", "Ctrl+Shift+C", verbs.copy_logs),
            "copy_id": ("Copy Number", "Ctrl+C", verbs.copy_ids),
        }
        for name in names:
            if name in table.VERBS:
                self._add(name, table.VERBS[name].text, _KEYS.get(name, ""), partial(verbs.do, table.VERBS[name]), widget)
            elif name in others:
                text, key, does = others[name]
                self._add(name, text, key, does, widget)

    def _add(self, name: str, text: str, key: str, does: Callable[[Sequence[Target]], None], widget: QWidget) -> None:
        action = self.named[name] = QAction(text, self)
        if key:
            action.setShortcuts([QKeySequence(key)])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if name in _SIGNS:
            action.setIcon(look.icon(_SIGNS[name]))
        action.triggered.connect(lambda: does(self._pick()))
        widget.addAction(action)

    def refresh(self) -> None:
        """Says for how many items each of them is now; one that is for none can't be chosen."""
        targets = self._pick()
        for name, action in self.named.items():
            verb = table.VERBS.get(name)
            count = verb.count(targets) if verb is not None else len(targets)
            action.setEnabled(bool(count))
            if verb is not None:
                action.setText(f"{verb.text} {words.many(count, verb.thing)}" if count else verb.text.removesuffix(" of"))

    def pop_up(self, place: QPoint) -> None:
        """Shows a menu of them at a place of the screen."""
        menu = QMenu(self._widget)
        self.fill(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def menu(self, title: str, parent: QWidget) -> QMenu:
        """Returns a menu of them, that says when it is shown what can be done then."""
        menu = QMenu(title, parent)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        return menu

    def fill(self, menu: QMenu) -> None:
        """Puts them into a menu."""
        self.refresh()
        menu.clear()
        for name in self._names:
            if name == "|":
                menu.addSeparator()
            elif self.named[name].isEnabled() or name not in ("pause", "resume"):
                menu.addAction(self.named[name])


def _survey(targets: Sequence[Target], farm: Farm) -> list[Target]:
    return survey(farm, targets)


def _jobs(targets: Sequence[Target]) -> str:
    return f"job {targets[0].job.id}" if len(targets) == 1 else words.many(len(targets), "job")


def _of_jobs(targets: Sequence[Target]) -> str:
    return f" of {_jobs(targets)}"


def _parts(verb: Verb, targets: Sequence[Target]) -> str:
    """Says how those stand that it is for: ``3 running, 12 pending.``"""
    counts = Counter(target.state(work) for target in targets for work in target.among(verb.states))
    return ", ".join(f"{count:,} {state}" for state, count in counts.most_common()) + "."
