"""A thread that looks at the farm's jobs again and again. No Qt in here: `feed` brings what it sees to the interface."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import farmfutures
from farmfutures import JobInfo
from farmfutures.errors import FarmFuturesError

from .asks import NAME
from .jobs.eta import Estimates, Left

BUSY_S, QUIET_S = 1.0, 3.0
"""So often it looks while jobs run, and while none does."""

DOWN_S = 5.0
"""So often it looks while the farm can't be asked."""

SHARE = 0.05
"""A look may take this part of the time: a farm that answers slowly is asked seldom, but never less than each `DOWN_S`."""

PAGE = 200
"""So many jobs are asked for at once: neither the broker nor this process is held up by a long answer."""

_BREATH_S = 0.002  # Between two pages: the interface's thread gets its turn.


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the farm.

    Attributes:
        at_s: When, in Unix seconds.
        jobs: The newest jobs, the newest first; one that did not change is the same object as in the look before. None where
            they could not be asked for.
        trouble: Why not, in a sentence.
        engine: The engine's name.
        took_s: How long the farm took to answer, in seconds.
        left: How long the jobs that run will still take, by their numbers, where anybody knows.
    """

    at_s: float
    jobs: tuple[JobInfo, ...] | None
    trouble: str = ""
    engine: str = ""
    took_s: float = 0.0
    left: Mapping[int, Left] = field(default_factory=dict[int, "Left"])


class Watch:
    """Looks again and again until it is stopped.

    Args:
        limit: How many of the newest jobs.
        deliver: Gets each `Seen`, on the thread that looks; returns False where nobody wants any more of them.
        engine: The engine's name; the settings say which one where it is None.
    """

    def __init__(self, limit: int, deliver: Callable[[Seen], bool], engine: str | None = None) -> None:
        self.asked_s: float | None = None
        """Since when the farm has been asked and has not answered, by `time.monotonic`."""
        self.looks = 0
        self._limit = limit
        self._deliver = deliver
        self._engine = engine
        self._known: dict[int, JobInfo] = {}
        self._estimates = Estimates()
        self._wanted = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, *, wait_s: float = 0) -> None:
        """Stops to look. The thread ends by itself after the answer that it waits for, if any; `wait_s` waits for that."""
        self._stopped = True
        self._go.set()
        self._wanted.set()
        if wait_s:
            self._thread.join(wait_s)

    def look_soon(self) -> None:
        """Looks now, or as soon as the farm has answered."""
        self._wanted.set()

    def hold(self, held: bool) -> None:
        """Looks no more, until it may again."""
        if held:
            self._go.clear()
        else:
            self._go.set()

    # --- the thread

    def _run(self) -> None:
        farm: farmfutures.Farm | None = None
        asked = False
        while not self._stopped:
            begin = self.asked_s = time.monotonic()
            try:
                farm = farm or farmfutures.Farm(self._engine)
                seen = self.look(farm, start=not asked)
                asked = True
            except (FarmFuturesError, OSError) as error:
                seen = Seen(time.time(), None, str(error), self._engine or "")
            self.asked_s = None
            self.looks += 1
            if self._stopped or not self._deliver(seen):
                break
            self._wanted.wait(_pause_s(seen, time.monotonic() - begin))
            self._wanted.clear()
            self._go.wait()
        if farm is not None:
            farm.close()

    def look(self, farm: farmfutures.Farm, *, start: bool) -> Seen:
        """Asks once.

        The first time starts a broker, since yesterday's jobs are of interest. One that was stopped stays so; one that died
        while it had work is started again.
        """
        begin = time.monotonic()
        local = farm.settings.engine == "local" and self._engine in (None, "local")
        if local and not start and farm.broker_status() is None and not self._has_died(farm):
            return Seen(time.time(), None, "The broker has stopped: nothing runs. The next job starts it.", "local")
        jobs = self._read(farm)
        took_s = time.monotonic() - begin
        left = self._estimates.of(farm, jobs)
        return Seen(time.time(), jobs, "", self._engine or farm.settings.engine, took_s, left)

    def _has_died(self, farm: farmfutures.Farm) -> bool:
        """Whether the broker ended without a farewell, and there is work that waits for it."""
        from farmfutures.engines.local.folder import Folder

        work = any(not job.state.done for job in self._known.values())
        return work and Folder(farm.settings.state).connection.exists()

    def _read(self, farm: farmfutures.Farm) -> tuple[JobInfo, ...]:
        """Reads page after page."""
        found: dict[int, JobInfo] = {}
        for offset in range(0, self._limit, PAGE):
            size = min(PAGE, self._limit - offset)
            page = farm.jobs(size, offset)
            found.update((job.id, self._same(job)) for job in page)
            if len(page) < size or self._stopped:
                break
            time.sleep(_BREATH_S)
        self._known = found
        return tuple(found.values())

    def _same(self, job: JobInfo) -> JobInfo:
        """Returns the object of the look before, where nothing has changed."""
        known = self._known.get(job.id)
        return known if known is not None and known == job else job


def _pause_s(seen: Seen, took_s: float) -> float:
    if seen.jobs is None:
        return max(DOWN_S, took_s)
    usual = BUSY_S if any(not job.state.done for job in seen.jobs) else QUIET_S
    return max(usual, min(took_s / SHARE, DOWN_S))
