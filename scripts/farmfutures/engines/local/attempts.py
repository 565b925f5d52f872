"""How often items ran and were lost, and what the death of an interpreter means for the one that it ran."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ...errors import FarmFuturesError, KilledError, OutOfMemoryError, WorkerDiedError, WorkTimeoutError
from ...settings import Settings
from .ledger import FAILED, KILLED
from .queue import Job, Ready
from .schema import split_key
from .store import Store, Tries

LOSSES = 3
"""An item whose worker died so often fails, however few attempts it has."""


class Verdict(NamedTuple):
    """What becomes of an item whose interpreter died: an error and a state, or another run."""

    error: FarmFuturesError
    state: int
    again: bool


class Attempts:
    """Counts them. A lost interpreter is counted apart from a call that fails."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.tried = {key for (key,) in store.execute("SELECT id FROM items WHERE state=1 AND attempt>0")}
        """Keys of items that ran before and run again: only these are looked up."""
        self._exits: dict[int, list[str]] = {}
        """How interpreters ended under items that wait to run again."""
        self._ran_out: dict[int, int] = {}
        """How often the system killed interpreters under items for want of memory."""

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

    def forget(self, key: int) -> None:
        """An item is over."""
        self._exits.pop(key, None)
        self._ran_out.pop(key, None)

    def verdict(self, job: Job, ready: Ready, attempt: int, death: dict[str, Any]) -> Verdict:
        """Decides about the item that an interpreter ran when it died.

        Args:
            job: The item's job.
            ready: The item.
            attempt: Which run it was.
            death: What the supervisor said.
        """
        number, work = split_key(ready[0])
        what = f"work item {number}:{work} ({job.name}), attempt {attempt}"
        reason = death["reason"]
        if reason.startswith("killed"):
            return Verdict(KilledError(f"{what}, was {reason}."), KILLED, False)
        doing = f" while {death['doing']}" if death.get("doing") else ""
        if reason.startswith("timeout"):
            message = f"{what}, ran longer than its timeout_s of {reason.split()[1]} and was killed{doing}."
            return Verdict(WorkTimeoutError(message), FAILED, self.left(job, ready, attempt))
        if death["memory"]:
            return self._out_of_memory(ready[0], what, death)
        losses = self._tries(ready).lost - self._ran_out.get(ready[0], 0) + 1
        how = "was stopped for too long" if reason == "stopped" else death["exit"]
        exits = self._exits.setdefault(ready[0], [])
        exits.append(how)
        text = f"{what}: its interpreter {how}{doing or ' while it ran'}; it was lost {losses} time(s) ({', '.join(exits)})."
        return Verdict(WorkerDiedError(text + quote(death["tail"])), FAILED, losses < max(_allowed(job, ready), LOSSES))

    def _out_of_memory(self, key: int, what: str, death: dict[str, Any]) -> Verdict:
        """The system killed the interpreter; items have a few tries of their own for that, since others may use less then."""
        times = self._ran_out[key] = self._ran_out.get(key, 0) + 1
        text = (
            f"{what}: the system killed its interpreter for want of memory while it ran ({times} time(s)); it held "
            f"{death['peak'] / 2**20:,.0f} MiB at most. Give the call less to hold, run fewer at once (cpus, slots), or give "
            "the machine or its control group more memory."
        )
        return Verdict(OutOfMemoryError(text + quote(death["tail"])), FAILED, times <= self.settings.memory_retries)


def _allowed(job: Job, ready: Ready) -> int:
    return int(json.loads(ready[1]).get("attempts", job.spec.attempts)) if ready[1] else job.spec.attempts


def quote(tail: str) -> str:
    """Returns the last lines of a log as they stand at the end of a message."""
    return f"\nThe last lines of its log:\n{tail}" if tail else ""
