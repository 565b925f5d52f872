"""A job as this client has it: its folder, its orders, and the futures that wait for it."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ... import call as calls
from ...errors import FarmFuturesError, SealError
from ...job import State
from ...spool import outcomes
from ...spool.orders import OrderRecord
from ...spool.outcomes import Outcome
from .standing import Standing
from .view import JobView, News

if TYPE_CHECKING:
    from ...future import Future
    from .summary import Summary

log = logging.getLogger("farmfutures.spool")

NOTHING = bytes(calls.pack_result(None))
"""The outcome of an item that somebody called done."""


class Job:
    """One job.

    Args:
        view: Its folder.
        engine: The engine's name.
        given: Its orders, as far as they are known.
        delay_s: How late the folder may show what was written, in seconds.
    """

    def __init__(self, view: JobView, engine: str, given: Sequence[OrderRecord], delay_s: float) -> None:
        self.view = view
        self.engine = engine
        self.number = view.folder.number
        self.standing = Standing(view, given)
        self.barren: Counter[int] = Counter()
        """How often in a row the chunk of an item came to nothing."""
        self.own: set[int] = set()
        """Orders that this client noted."""
        self.giving = threading.Lock()
        """Held by whoever gives an order: it is to be given once."""
        self.futures: dict[int, list[Future]] = {}
        self.removed = False
        """Whether its folder is no more."""
        self.written: Summary | None = None
        """What was written down of its end."""
        self.looked_after = False
        """Whether somebody wants it to get on, and has no futures of it."""
        self.looked_s = float("-inf")
        """When the watcher looked last, by our own clock."""
        self.news_s = time.monotonic()
        """When something was new."""
        self.lost_s = 0.0
        """Since when the folder has been gone, by our own clock."""
        self._delay_s = delay_s
        self._late: dict[int, tuple[Outcome, float]] = {}
        """Outcomes whose file is not to be seen yet, and since when."""
        self._told: dict[str, tuple[int, int]] = {}

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for something of it."""
        return bool(self.futures) or (self.looked_after and self.view.left > 0)

    def ungiven(self, delay_s: float) -> list[int]:
        """Returns the orders without a handle that are ours to give: another client may just be doing so with its own."""
        before = time.monotonic() - delay_s
        with self.view.lock:
            return [number for number, since in self.standing.unasked.items() if number in self.own or since <= before]

    def reload(self) -> bool:
        """Reads orders that are new; returns whether they could be read."""
        try:
            self.standing.reload()
        except (SealError, OSError) as error:
            if self.view.trouble.get("orders") != str(error):
                self.view.trouble["orders"] = str(error)
                log.warning("%s", error)
            return False
        return True

    # --- futures

    def wait_for(self, futures: Sequence[Future]) -> None:
        """Has a future for each work item resolve; those that are over do with the next `tell`.

        Raises:
            SealError: An outcome is not ours.
            OSError: One can't be read.
        """
        view = self.view
        with view.lock:
            news = view.news = view.news or News()
            news.done |= view.marks.done
            news.over |= {one.work: one for one in view.outcomes(view.over.keys() - news.over.keys())}
            for work, future in enumerate(futures):
                self.futures.setdefault(work, []).append(future)

    def tell(self) -> bool:
        """Tells futures what is new; returns whether anything was."""
        with self.view.lock:
            news, self.view.news = self.view.news or News(), News()
        late, self._late = self._late, {}
        for one, since in late.values():
            self._resolve(one, since)
        for one in news.over.values():
            if self._is_current(one):
                self._resolve(one, time.monotonic())
        for work in news.done:
            if work not in self.view.over:
                self._end(work, State.COMPLETE, 0, NOTHING)
        for name in news.reports:
            self._moved(name)
        with self.view.lock:
            if not self.futures:
                self.view.news = None
        return bool(news)

    def _is_current(self, one: Outcome) -> bool:
        """Whether it still counts: another run may have taken the item over since it was read."""
        over = self.view.over.get(one.work)
        return over is not None and over.attempt == one.attempt

    def _moved(self, name: str) -> None:
        now = self.view.runs[name].running
        if now is None or now.work in self.view.over:
            return
        for future in self.futures.get(now.work, ()):
            if self._told.get(name) != (now.work, now.attempt):
                future._moved(State.RUNNING, now.attempt)
            if now.progress is not None:
                future._progress(list(now.progress))
        self._told[name] = now.work, now.attempt

    def _resolve(self, one: Outcome, since: float) -> None:
        if one.work not in self.futures:
            return  # The future was resolved before, and the item has run again since.
        if one.work in self.view.marks.done and one.state is not State.COMPLETE:
            self._end(one.work, State.COMPLETE, one.attempt, NOTHING)
            return
        try:
            path = outcomes.blob_path(self.view.folder, one)
        except SealError as error:
            log.warning("%s", error)
            self._end(one.work, State.FAILED, one.attempt, calls.pack_failure(error))
        except OSError:
            if time.monotonic() - since <= self._delay_s:
                self._late[one.work] = one, since
                return
            # Not to be seen for longer than the folder may be late: the future says where it was looked for.
            self._end(one.work, one.state, one.attempt, b"", self.view.folder.blobs / one.blob)
        else:
            self._end(one.work, one.state, one.attempt, one.payload, path)

    def _end(self, work: int, state: State, attempt: int, payload: bytes, path: Path | None = None) -> None:
        for future in self.futures.pop(work, ()):
            future._resolve(state, attempt, payload, path)

    def give_up(self, error: FarmFuturesError) -> None:
        """There is nothing any more that could tell futures anything."""
        for work in list(self.futures):
            self._end(work, State.FAILED, 0, calls.pack_failure(error))
