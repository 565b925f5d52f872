"""The log of a work item: it follows what is printed, can be searched, and opens at the first error."""

from __future__ import annotations

import shutil
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QVBoxLayout, QWidget

from farmfutures import Farm, ItemInfo, JobInfo

from .. import look, words
from ..buttons import switch, tool
from ..elided import Elided
from ..feed import Feed
from ..flow import Flow
from ..steady import Steady
from .file import Known, LogFile, Wanted, attempts
from .finder import Finder
from .view import LogView

_FOLLOW_MS = 400
"""So often a log that grows is looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a log brought."""

    about: tuple[int, int]
    item: ItemInfo
    known: Known
    attempts: dict[int, str]


class LogPane(QWidget):
    """Shows what one work item printed."""

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.about: tuple[int, int] | None = None
        self.item: ItemInfo | None = None
        self.known = Known()
        self._file = LogFile()
        self._opened = False
        self._looking = Steady(feed, "log", self)
        self._reading = Steady(feed, "log lines", self)
        self._finding = Steady(feed, "log search", self)
        self.view = LogView(self)
        self.finder = Finder(self)
        self.attempts = QComboBox(self)
        self.attempts.setToolTip("The logs of the attempts of this item")
        self.attempts.setAccessibleName("Attempt")
        self.attempts.hide()
        self.errors = QLabel(self)
        self.up = tool("up", "To the error before (Shift+E)", lambda: self.go_error(-1), self)
        self.down = tool("down", "To the next error (E)", lambda: self.go_error(1), self)
        self.follow = switch("Follow", "Go on to the end as it grows (L)", self._set_follow, self)
        self.line = Elided(parent=self)
        self.line.setProperty("quiet", True)
        self._timer = QTimer(self, interval=_FOLLOW_MS)
        self._timer.timeout.connect(self.look)
        self._lay_out()
        self._add_actions()
        self.attempts.currentIndexChanged.connect(self._choose_attempt)
        self.view.wanted.connect(self._read)
        self.view.moved.connect(self._has_moved)
        self.finder.changed.connect(self._search)
        self.finder.gone.connect(self._go_to)
        self._say()

    def _lay_out(self) -> None:
        head = Flow(gap=look.GAP)
        head.setContentsMargins(look.GAP, 0, look.GAP, 0)
        buttons = [
            tool("copy", "Copy what is chosen, or all of it (Ctrl+C)", self.copy, self),
            tool("save", "Save as... (Ctrl+S)", self.save, self),
            tool("open", "Open in the editor (Ctrl+E)", self.open_in_editor, self),
        ]
        for widget in (self.finder, self.attempts, self.errors, self.up, self.down, self.follow, *buttons):
            head.addWidget(widget)
        for label in (self.errors, self.finder.count):
            label.setMinimumHeight(self.up.sizeHint().height())  # In line with the buttons.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.GAP, 0, 0)
        layout.setSpacing(look.TIGHT)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        self.line.setContentsMargins(look.GAP, 0, look.GAP, look.TIGHT)
        layout.addWidget(self.line)
        self.setFocusProxy(self.view)

    def _add_actions(self) -> None:
        for text, keys, does in (
            ("Search in the log", ("Ctrl+F", "/"), self.search),
            ("Next of what was searched for", ("F3",), lambda: self.finder.step(1)),
            ("Last before of what was searched for", ("Shift+F3",), lambda: self.finder.step(-1)),
            ("Next error", ("E",), lambda: self.go_error(1)),
            ("Error before", ("Shift+E",), lambda: self.go_error(-1)),
            ("Follow the log", ("L",), self.follow.toggle),
            ("Copy of the log what is chosen", ("Ctrl+C",), self.copy),
            ("Save the log", ("Ctrl+S",), self.save),
            ("Open the log in the editor", ("Ctrl+E",), self.open_in_editor),
        ):
            action = QAction(text, self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(does)
            self.addAction(action)

    # --- which log

    def show_item(self, job: JobInfo | None, work: int) -> None:
        """Shows the log of an item."""
        about = (job.id, work) if job is not None and work >= 0 else None
        if about == self.about:
            if self.isVisible():
                self.look()
            return
        self.about, self.item = about, None
        self._offer_attempts({})
        self._begin()
        if about is not None and self.isVisible():
            self.look()

    def _begin(self) -> None:
        """Another log is shown."""
        self.known, self._file, self._opened = Known(), LogFile(), False
        self.view.clear()
        self.finder.start_again()
        self.follow.setChecked(False)
        self._say()

    def look(self) -> None:
        """Looks whether there is more."""
        if self.about is not None:
            path: str | None = self.attempts.currentData()
            self._looking.ask((self.about, path), partial(_look, self._file, self.about, path), self._come, self._is_gone)

    def _offer_attempts(self, found: dict[int, str]) -> None:
        """Offers the logs of former attempts; the last one is shown as long as nobody chooses."""
        labels = ["last attempt", *(f"attempt {number}" for number in sorted(found)[:-1][::-1])]
        if labels == [self.attempts.itemText(row) for row in range(self.attempts.count())]:
            return
        self.attempts.blockSignals(True)
        self.attempts.clear()
        for label in labels:
            self.attempts.addItem(label, found.get(int(label.partition(" ")[2])) if label != labels[0] else None)
        self.attempts.blockSignals(False)
        self.attempts.setVisible(len(labels) > 1)

    def _choose_attempt(self) -> None:
        self._begin()
        self.look()

    def _come(self, seen: Look) -> None:
        if seen.about != self.about:
            return
        self._offer_attempts(seen.attempts)
        before, self.item, self.known = self.known, seen.item, seen.known
        if before.version != self.known.version:
            self.view.clear()
            self.finder.start_again()
        if (before.lines, before.size, before.path) != (self.known.lines, self.known.size, self.known.path):
            self.view.show_total(self.known.lines)  # Asks again for lines that were asked for while the file moved, too.
            self._mark()
        self._open()
        self._say()
        if not self.known.whole:
            self.look()
        elif before.lines != self.known.lines and self.finder.wanted is not None:
            self._search(self.finder.wanted)
        if seen.item.state.done or not self.isVisible():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _open(self) -> None:
        """The first time it opens at the first error, else at the end, which it follows as long as the item runs."""
        done = self.item is not None and self.item.state.done
        if not self._opened and self.known.lines:
            if done and self.known.errors:
                self._opened = True
                self.view.go_to(self.known.errors[0])
            elif not done or self.known.whole:
                self._opened = True
                self.follow.setChecked(not done)
                self.view.go_to_end()
        if self.follow.isChecked():
            self.view.go_to_end()

    def _is_gone(self, error: Exception) -> None:
        self._timer.stop()
        self.line.setText(str(error))

    def _mark(self) -> None:
        self.view.marks.mark(self.known.lines, self.known.errors, self.finder.lines)

    def _say(self) -> None:
        count = len(self.known.errors)
        self.errors.setText(words.many(count, "error line") if count else "no errors" if self.known.lines else "")
        self.errors.setStyleSheet(f"color: {look.ERROR if count else look.QUIET};")
        for button in (self.up, self.down):
            button.setEnabled(bool(count))
        self.line.setText(self._sentence())

    def _sentence(self) -> str:
        if self.about is None:
            return "Choose an item to read its log."
        if self.item is None:
            return "Asking for the log..."
        if not self.known.size:
            state = self.item.state
            return f"{self.item.name} is {state} and has printed nothing" + ("." if state.done else " yet.")
        left = self.known.size - self.known.read
        read = "" if self.known.whole else f"reading, {_bytes(left)} to go   "
        return f"{self.item.name}   {read}{words.many(self.known.lines, 'line')}, {_bytes(self.known.size)}   {self.known.path}"

    # --- lines

    def _read(self, first: int, count: int) -> None:
        if self.about is not None:
            about = (*self.about, self.known.version)
            self._reading.ask((about, first), partial(_lines, self._file, about, first, count), self._show_lines)

    def _show_lines(self, found: tuple[tuple[int, int, int], int, list[str]]) -> None:
        about, first, lines = found
        if self.about is not None and about == (*self.about, self.known.version):
            self.view.show_lines(first, lines)

    def _has_moved(self) -> None:
        """Somebody scrolls: up, to read in peace; down to the end, to follow."""
        self._opened = True
        self.follow.setChecked(self.view.at_end() and self.item is not None and not self.item.state.done)
        self.finder.start_from(self.view.in_view()[0] - 1)

    def _set_follow(self, on: bool) -> None:
        if on:
            self.view.go_to_end()

    def _go_to(self, line: int) -> None:
        self._opened = True
        self.follow.setChecked(False)
        self.view.go_to(line)
        self._mark()

    def go_error(self, step: int) -> None:
        """Goes to the next line that is an error, or to the one before; around the ends."""
        errors: Sequence[int] = self.known.errors
        if errors:
            here = self.view.current if self.view.current >= 0 else self.view.in_view()[0] - 1
            place = bisect_right(errors, max(0, here)) if step > 0 else bisect_left(errors, max(0, here)) - 1
            self._go_to(errors[place % len(errors)])

    # --- search

    def search(self) -> None:
        """Puts the keyboard into the search field."""
        self.finder.field.setFocus()
        self.finder.field.selectAll()

    def _search(self, wanted: Wanted | None) -> None:
        self.view.sought = wanted
        self.view.viewport().update()
        self.finder.lines = self.finder.lines[:0]
        self._mark()
        self._finding.forget()
        if wanted is not None and self.about is not None:
            self._search_from(wanted, 0)

    def _search_from(self, wanted: Wanted, block: int) -> None:
        self._finding.ask((wanted, block), partial(_find, self._file, wanted, block), self._found)

    def _found(self, found: tuple[Wanted, LogFile, object, int | None]) -> None:
        wanted, file, lines, block = found
        if wanted != self.finder.wanted or file is not self._file:
            return
        self.finder.found(lines, all_read=block is None)  # type: ignore[arg-type]
        self._mark()
        if block is not None:
            self._search_from(wanted, block)

    # --- what can be done with it

    def copy(self) -> None:
        """Copies what is chosen, or all of it."""
        if self.about is None:
            return
        chosen = self.view.chosen() or ((0, 0), (max(0, self.known.lines - 1), 1 << 30))
        self.feed.ask("log copy", partial(_text, self._file, chosen), self._to_clipboard)

    def _to_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.line.setText(f"{words.many(text.count(chr(10)) + 1, 'line')} copied.")

    def save(self) -> None:
        """Asks where to save it, and does."""
        if self.known.path and self.item is not None:
            name = f"{self.item.job_id} {self.item.name}.log".replace("/", "_")
            path, _ = QFileDialog.getSaveFileName(self, "Save log", name, "Logs (*.log *.txt);;All files (*)")
            if path:
                self.save_as(path)

    def save_as(self, path: str) -> None:
        """Saves a copy of it."""
        self.feed.act(lambda farm: shutil.copyfile(self.known.path, path), self._saved, self._is_gone)

    def _saved(self, path: str) -> None:
        self.line.setText(f"Saved as {path}.")

    def open_in_editor(self) -> None:
        """Opens it in the program that this machine has for such files."""
        if self.known.path and Path(self.known.path).exists():
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.known.path))

    def showEvent(self, event: object, /) -> None:
        """Somebody looks."""
        self.look()


def _bytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB" if size >= 2**20 else f"{size / 1024:,.1f} KB" if size >= 1024 else f"{size} bytes"


def _look(file: LogFile, about: tuple[int, int], path: str | None, farm: Farm) -> Look:
    item = farm.item(*about)
    last = item.log_path or ""
    return Look(about, item, file.look(path or last), attempts(last))


def _lines(file: LogFile, about: tuple[int, int, int], first: int, count: int, farm: Farm) -> tuple[object, int, list[str]]:
    return about, first, file.lines(first, count)


def _find(file: LogFile, wanted: Wanted, block: int, farm: Farm) -> tuple[Wanted, LogFile, object, int | None]:
    return wanted, file, *file.find(wanted, block)


def _text(file: LogFile, chosen: tuple[tuple[int, int], tuple[int, int]], farm: Farm) -> str:
    (first, begin), (last, end) = chosen
    lines = file.text(first, last).split("\n")
    lines[-1] = lines[-1].expandtabs(4)[:end]  # As it is shown, for columns to fit.
    lines[0] = lines[0].expandtabs(4)[begin:]
    return "\n".join(lines)
