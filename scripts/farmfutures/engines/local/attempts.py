"""How often items ran and were lost, and what the death of an interpreter means for the one that it ran."""

from __future__ import annotations

import json
from typing import Any

from ...settings import Settings
from ...worker.deaths import Deaths, Tried, Verdict, quoted
from .queue import Job, Ready
from .schema import split_key
from .store import Store, Tries


class Attempts:
    """Counts them. A lost interpreter is counted apart from a call that fails."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.deaths = Deaths(settings.memory_retries)
        self.tried = {key for (key,) in store.execute("SELECT id FROM items WHERE state=1 AND attempt>0")}
        """Keys of items that ran before and run again: only these are looked up."""

    def number(self, ready: Ready) -> int:
        """Returns which run of an item the next one is, from 1 on."""
        return 1 if ready[0] not in self.tried else self.store.tries(ready[0]).runs + 1

    def charge(self, key: int, tries: int, losses: int) -> None:
        """Notes a run that does not count as the last, or one that was lost."""
        self.store.lose([(tries, losses, key)])
        self.tried.add(key)

    def left(self, job: Job, ready: Ready, attempt: int) -> bool:
        """Returns whether an item whose call failed may run again."""
        allowed = _allowed(job, ready)
        if allowed == 1:
            return False
        tries = self._tries(ready)
        return attempt - tries.lost - tries.forgiven < allowed

    def _tries(self, ready: Ready) -> Tries:
        return self.store.tries(ready[0]) if ready[0] in self.tried else Tries(0, 0, 0)

    def verdict(self, job: Job, ready: Ready, attempt: int, death: dict[str, Any]) -> Verdict:
        """Decides about the item that an interpreter ran when it died.

        Args:
            job: The item's job.
            ready: The item.
            attempt: Which run it was.
            death: What the supervisor said.
        """
        what = quoted(*split_key(ready[0]), job.name, attempt)
        tried = Tried(what, _allowed(job, ready), self._tries(ready).lost, self.left(job, ready, attempt))
        return self.deaths.verdict(ready[0], tried, death)


def _allowed(job: Job, ready: Ready) -> int:
    return int(json.loads(ready[1]).get("attempts", job.spec.attempts)) if ready[1] else job.spec.attempts
