"""Removes jobs that ended long ago, and the oldest where the database has grown too large. Never one in use.

And secrets, as soon as no job can run again that needs them.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable

from ...settings import Settings
from .folder import Folder
from .queue import now_s
from .schema import item_range
from .specs import kept_secrets
from .store import Store
from .vault import Vault

EVERY_S = 60.0
_JOBS_A_PASS = 200
_DAY_S = 86400.0


class History:
    """What is over."""

    def __init__(self, store: Store, folder: Folder, settings: Settings) -> None:
        self.store = store
        self.folder = folder
        self.vault = Vault(folder)
        self.settings = settings
        self._next_s = time.monotonic()

    def prune(self, in_use: Iterable[int], *, all_read: bool = True) -> int:
        """Removes some of what has had its time, a little at each call; returns how many jobs.

        Args:
            in_use: Jobs that somebody watches.
            all_read: Whether every job that was handed over is in the database.
        """
        if time.monotonic() < self._next_s or self.store.stuck:
            return 0
        spared = set(in_use)
        doomed = [job for job in self._outdated() if job not in spared]
        for job in doomed:
            self.remove(job)
        if all_read:
            self.sweep()
        # Where there was much to do there is more.
        self._next_s = time.monotonic() + (1.0 if len(doomed) >= _JOBS_A_PASS else EVERY_S)
        return len(doomed)

    def sweep(self) -> None:
        """Removes secrets that no job needs. All journals must have been read."""
        if self.vault.kept():
            self.vault.sweep([kept_secrets(json.loads(text)["launch"]) for text in self.store.specs_in_use('"kept":')])

    def _outdated(self) -> list[int]:
        days = self.settings.history_days
        before = now_s() - days * _DAY_S if days else 0.0
        too_large = bool(self.settings.history_bytes) and self.store.size() > self.settings.history_bytes
        return self.store.ended_jobs(before, _JOBS_A_PASS, any_age=too_large)

    def remove(self, job: int) -> None:
        """Removes a job that is over, with its logs and files."""
        self.store.forget_job(job, item_range(job))
        shutil.rmtree(self.folder.log(job, 0, 0).parent, ignore_errors=True)
        for blob in self.folder.blobs.glob(f"{job}.*"):
            blob.unlink(missing_ok=True)
