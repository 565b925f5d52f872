"""Asks the farm how its jobs stand, on a thread of its own: Maya's main thread never waits for an answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

import farmfutures
from farmfutures.errors import FarmFuturesError

BUSY_S, QUIET_S = 1.0, 3.0
"""So often it asks while jobs run, and while none does."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the farm.

    Attributes:
        at_s: When, in Unix seconds.
        jobs: The newest jobs; None where they could not be asked for.
        trouble: Why not, in a sentence.
    """

    at_s: float
    jobs: tuple[farmfutures.JobInfo, ...] | None
    trouble: str = ""


class Feed(QObject):
    """Looks again and again between `start` and `stop`.

    Signals:
        seen: A `Seen`, on the thread that this object belongs to.
    """

    seen = Signal(object)

    def __init__(self, limit: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit = limit
        self._stopped: threading.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look."""
        if self._stopped is None:
            self._stopped = threading.Event()
            self._thread = threading.Thread(target=self._run, args=[self._stopped], name="farmfutures-feed", daemon=True)
            self._thread.start()

    def stop(self, *, wait_s: float = 0) -> None:
        """Stops to look. The thread ends by itself after the answer that it waits for, if any; `wait_s` waits for that."""
        if self._stopped is not None:
            self._stopped.set()
            self._stopped = None
        if self._thread is not None and wait_s:
            self._thread.join(wait_s)

    def _run(self, stopped: threading.Event) -> None:
        farm: farmfutures.Farm | None = None
        asked = False
        pause_s = 0.0
        while not stopped.wait(pause_s):
            try:
                farm = farm or farmfutures.Farm()
                seen = self._look(farm, start=not asked)
                asked = True
            except (FarmFuturesError, OSError) as error:
                seen = Seen(time.time(), None, str(error))
            pause_s = BUSY_S if any(not job.state.done for job in seen.jobs or ()) else QUIET_S
            if not self._tell(seen, stopped):
                break
        if farm is not None:
            farm.close()

    def _look(self, farm: farmfutures.Farm, *, start: bool) -> Seen:
        """Asks once. The first time starts a broker, since yesterday's jobs are of interest; one that was stopped stays so."""
        if not start and farm.settings.engine == "local" and farm.broker_status() is None:
            return Seen(time.time(), None, "The broker has stopped: nothing runs. The next job starts it.")
        return Seen(time.time(), tuple(farm.jobs(self._limit)))

    def _tell(self, seen: Seen, stopped: threading.Event) -> bool:
        try:
            if not stopped.is_set():
                self.seen.emit(seen)
        except RuntimeError:  # The panel was closed in this moment, and this object is gone.
            return False
        return True
