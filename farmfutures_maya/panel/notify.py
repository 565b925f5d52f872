"""Tells of news: in Maya's view, by the system where Maya is not in front, and how far all is on the shelf's button.

A `Herald` has a feed of its own, so that it goes on while the panel is closed; it looks only while jobs of this user are not
over, and holds still while Maya plays back or renders: what happened meanwhile is told afterwards.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from farmfutures.settings import Settings, os_user

from .. import _cmds_ui, main_thread
from . import look, polite
from .feed import Feed
from .news import Item, Kind, News, Sum, sum_of
from .watch import Seen

LIMIT = 100
"""So many of the newest jobs are looked at."""

SHELF, BUTTON, ANNOTATION = "FarmFutures", "Farm Panel", "See and steer what is on the farm, and hand work to it"
"""The button of our shelf that says how far all is, as `shelves/shelf_FarmFutures.mel` makes it."""

_BAD = frozenset({Kind.FAILED, Kind.FAILING, Kind.STUCK})
_QUIET_LOOKS = 3
_HELD_MS = 1000


class Herald(QObject):
    """Looks, compares and tells.

    Args:
        tell: Gets each `Item`; None tells it in Maya and by the system.
        feed: What looks; None is one of its own.
        engine: Whose jobs; the settings say which one where it is None. The shelf shows those of the settings only.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        tell: Callable[[Item], None] | None = None,
        feed: Feed | None = None,
        engine: str | None = None,
    ) -> None:
        super().__init__(parent)
        user = Settings.load().user or os_user()
        self.news = News(user)
        self.sum = Sum(0, 0.0)
        self._own, self._on_shelf = feed is None, engine is None
        self.feed = feed or Feed(LIMIT, self, engine=engine, still=polite.still)
        self._user = user
        self._tell = tell or Teller(self).tell
        self._quiet = 0
        self.feed.seen.connect(self._take)

    def wake(self) -> None:
        """Looks: a job was submitted, or may have been."""
        self._quiet = 0
        self.feed.start()
        self.feed.look_soon()

    def close(self, *, wait_s: float = 0) -> None:
        """Stops for good, and takes what it has written on the shelf away."""
        self._show(Sum(0, 0.0))
        if self._own:
            self.feed.close(wait_s=wait_s)

    def _take(self, seen: Seen) -> None:
        if seen.jobs is None:
            return
        for item in self.news.take(seen.jobs, seen.at_s):
            self._tell(item)
        self._show(sum_of(seen.jobs, self._user))
        self._quiet = 0 if self.sum.jobs else self._quiet + 1
        if self._own and self._quiet >= _QUIET_LOOKS:  # A job that was just submitted may not be among them at once.
            self.feed.stop()

    def _show(self, now: Sum) -> None:
        if self._on_shelf and now.short != self.sum.short and main_thread.is_interactive():
            text = f"{now.words}\n{ANNOTATION}" if now.words else ANNOTATION
            _cmds_ui.label_shelf_button(SHELF, BUTTON, now.short, text)
        self.sum = now


class Teller(QObject):
    """Says it where it is seen: in Maya's view, and by the system where another window is in front.

    While Maya plays back or renders it says nothing; what there is to say then is said afterwards.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray: QSystemTrayIcon | None = None
        self._held: list[Item] = []
        self._later = QTimer(self, singleShot=True, interval=_HELD_MS)
        self._later.timeout.connect(self._try_again)

    def tell(self, item: Item) -> None:
        """Says one thing, or keeps it for later."""
        if polite.still():
            self._held.append(item)
            self._later.start()
        else:
            self._say(item)

    def _try_again(self) -> None:
        held, self._held = self._held, []
        for item in held:
            self.tell(item)

    def _say(self, item: Item) -> None:
        in_front = QApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        if main_thread.is_interactive():
            _cmds_ui.show_in_view(in_view(item))
        if not in_front or not main_thread.is_interactive():
            self._by_system(item)

    def _by_system(self, item: Item) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(look.icon("running"), self)
            self._tray.setToolTip("FarmFutures")
        self._tray.show()
        icon = QSystemTrayIcon.MessageIcon.Warning if item.kind in _BAD else QSystemTrayIcon.MessageIcon.Information
        self._tray.showMessage("FarmFutures", item.text, icon)


def in_view(item: Item) -> str:
    """Returns what Maya's view shows: its colour says whether it is good."""
    colour = look.ERROR if item.kind in _BAD else look.GOOD
    return f'<span style="color:{colour}">FarmFutures</span>  {html.escape(item.text)}'
