"""Removes jobs that ended long ago, and the oldest where the database has grown too large. Never one in use."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable

from ...settings import Settings
from .folder import Folder
from .queue import now_s
from .schema import item_range
from .store import Store

EVERY_S = 60.0
_JOBS_A_PASS = 200
_DAY_S = 86400.0


class History:
    """What is over."""

    def __init__(self, store: Store, folder: Folder, settings: Settings) -> None:
        self.store = store
        self.folder = folder
        self.settings = settings
        self._next_s = time.monotonic()

    def prune(self, in_use: Iterable[int]) -> int:
        """Removes some of what has had its time, a little at each call; returns how many jobs.

        Args:
            in_use: Jobs that somebody watches.
        """
        if time.monotonic() < self._next_s or self.store.stuck:
            return 0
        spared = set(in_use)
        doomed = [job for job in self._outdated() if job not in spared]
        for job in doomed:
            self._remove(job)
        # Where there was much to do there is more.
        self._next_s = time.monotonic() + (1.0 if len(doomed) >= _JOBS_A_PASS else EVERY_S)
        return len(doomed)

    def _outdated(self) -> list[int]:
        days = self.settings.history_days
        before = now_s() - days * _DAY_S if days else 0.0
        too_large = bool(self.settings.history_bytes) and self.store.size() > self.settings.history_bytes
        return self.store.ended_jobs(before, _JOBS_A_PASS, any_age=too_large)

    def _remove(self, job: int) -> None:
        self.store.forget_job(job, item_range(job))
        shutil.rmtree(self.folder.log(job, 0, 0).parent, ignore_errors=True)
        for blob in self.folder.blobs.glob(f"{job}.*"):
            blob.unlink(missing_ok=True)
