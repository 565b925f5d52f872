"""The thread that waits for jobs: looks at their folders, asks the engine where outcomes are missing, resolves futures.

It looks at a job no faster than the settings allow, and the slower the longer nothing happens there: who has waited for a
minute may wait for some seconds more. The engine is asked about all jobs in one question.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import EngineUnavailableError, FarmFuturesError, NoSuchJobError
from . import history, missing
from .job import Job

if TYPE_CHECKING:
    from .engine import SpoolEngine

log = logging.getLogger("farmfutures.spool")

_PATIENCE = 0.1
"""A job in which nothing happened for so long is looked at again after this part of that time."""

_END_S = 5.0
"""So long a process that ends waits for it."""

_SWEEP_S = 3600.0
"""So often old jobs are looked for, as long as somebody waits."""


class Watcher(threading.Thread):
    """Watches until it is stopped.

    Args:
        engine: Whose jobs.
    """

    def __init__(self, engine: SpoolEngine) -> None:
        super().__init__(name="farmfutures-watcher", daemon=True)
        self.engine = engine
        self.settings = engine.settings
        self.last: Callable[[], None] | None = None
        """What is left to do at the end, where somebody closed the engine on this thread."""
        self.trouble = ""
        """Why nothing can be seen or asked now."""
        self._bell = threading.Condition()
        self._rung = self._stopping = False
        self._asked_s = float("-inf")
        self._sweep_s = time.monotonic() + history.AFTER_S

    def ring(self, job: Job) -> None:
        """Something has changed in a job that it should look at soon."""
        job.news_s = time.monotonic()
        with self._bell:
            self._rung = True
            self._bell.notify()

    def stop(self) -> None:
        """Ends the thread, and waits for that unless it is this one, or is asking an engine that takes long to answer."""
        with self._bell:
            self._stopping = True
            self._bell.notify()
        if threading.current_thread() is not self:
            self.join(_END_S)

    def run(self) -> None:
        """The thread's life."""
        while self._wait():
            try:
                self._look()
            except Exception:  # Whatever it is, the next look may go well, and those who wait are not to wait for ever.
                log.exception("looking at jobs failed; it is tried again")
        if self.last is not None:
            self.last()

    def _wait(self) -> bool:
        """Waits until it is time for the next look; returns False at the end."""
        with self._bell:
            while not self._stopping:
                self._rung = False
                due = min(map(self._due_s, self.engine.waiting()), default=float("inf"))
                left = due - time.monotonic()
                if left <= 0:
                    break
                if not self._rung:
                    self._bell.wait(None if left == float("inf") else left)
            return not self._stopping

    def _due_s(self, job: Job) -> float:
        """When a job is looked at next, in seconds of `time.monotonic`."""
        quiet_s = min((job.looked_s - job.news_s) * _PATIENCE, self.settings.spool_poll_most_s)
        return job.looked_s + max(quiet_s, self.settings.spool_poll_s)

    # --- a look

    def _look(self) -> None:
        jobs, now = self.engine.waiting(), time.monotonic()
        for job in [job for job in jobs if self._due_s(job) <= now]:
            job.looked_s = time.monotonic()
            try:
                self._look_at(job)
            except OSError as error:
                self._not_seen(job, error)
        if time.monotonic() - self._asked_s >= self.settings.engine_poll_s:
            self._ask([job for job in jobs if job.view.left])
        if time.monotonic() >= self._sweep_s:
            self._sweep_s = time.monotonic() + _SWEEP_S
            history.sweep(self.engine)

    def _look_at(self, job: Job) -> None:
        job.view.refresh()
        job.lost_s = 0.0
        if job.tell():
            job.news_s = time.monotonic()
            if not job.view.left:
                self.engine.is_over(job)

    def _not_seen(self, job: Job, error: OSError) -> None:
        """The folder of a job can't be read. Where others can be, it was removed, and where not, their disk comes back maybe."""
        spool = self.engine.spool
        if isinstance(error, FileNotFoundError) and spool.key.exists() and not job.view.folder.root.exists():
            job.lost_s = job.lost_s or time.monotonic()
            if time.monotonic() - job.lost_s > self.settings.spool_delay_s:
                text = f"the folder of job {job.number}, {job.view.folder.root}, is gone: somebody removed it, and what it held."
                job.give_up(NoSuchJobError(text))
                self.engine.forget(job.number)
            return
        self._say(f"{job.view.folder.root} can't be read now ({error.strerror or error}); waiting until it can")

    def _say(self, text: str) -> None:
        if text != self.trouble:
            log.warning("%s", text)
        self.trouble = text

    # --- the engine

    def _ask(self, jobs: list[Job]) -> None:
        """Asks how chunks stand, for all jobs at once, and does what is to be done about those that are gone."""
        if not jobs:
            return
        self._asked_s = time.monotonic()
        try:
            self.engine.ask(jobs)
            for job in jobs:
                self._mend(job)
        except EngineUnavailableError as error:
            self._say(f"{self.engine.name}: {error}")
        else:
            self.trouble = ""

    def _mend(self, job: Job) -> None:
        delay = self.settings.spool_delay_s
        try:
            missing.give(job, self.engine.handover, delay)
            missing.mend(job, self.engine.handover, delay)
            if job.tell():
                job.news_s = time.monotonic()
        except EngineUnavailableError:
            raise
        except (OSError, FarmFuturesError) as error:
            self._say(f"job {job.number}: {error}")
