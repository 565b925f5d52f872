"""What it means when an interpreter dies: for the item that it ran, and for those that wait for one that can't start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import BootstrapError, FarmFuturesError, KilledError, OutOfMemoryError, WorkerDiedError, WorkTimeoutError
from ..job import State

LOSSES = 3
"""An item whose interpreter died so often fails, however few attempts it has."""

LAUNCHES = 3
"""So many failed starts of an interpreter in a row, and what waits for it fails."""

BACKOFF_S = 0.5
"""So long, times the failures so far, until the next start."""


class Verdict(NamedTuple):
    """What becomes of an item whose interpreter died: an error and a state, or another run."""

    error: FarmFuturesError
    state: State
    again: bool


class Tried(NamedTuple):
    """What an item has behind it.

    Attributes:
        what: The item, its job and which run of it this is, for people: see `quoted`.
        allowed: Its ``attempts``.
        lost: How often it was lost with its interpreter before.
        left: Whether a run that failed by itself would be followed by another.
    """

    what: str
    allowed: int
    lost: int
    left: bool


class Deaths:
    """Remembers how interpreters ended under items that wait to run again.

    Args:
        memory_retries: How often an item runs again that the system killed for want of memory.
    """

    def __init__(self, memory_retries: int) -> None:
        self._memory_retries = memory_retries
        self._exits: dict[int, list[str]] = {}
        self._ran_out: dict[int, int] = {}

    def forget(self, key: int) -> None:
        """An item is over."""
        self._exits.pop(key, None)
        self._ran_out.pop(key, None)

    def verdict(self, key: int, tried: Tried, death: Mapping[str, Any]) -> Verdict:
        """Decides about the item that an interpreter ran when it died.

        Args:
            key: What tells the item from others.
            tried: What it has behind it.
            death: What the supervisor said.
        """
        reason = death["reason"]
        if reason.startswith("killed"):
            return Verdict(KilledError(f"{tried.what}, was {reason}."), State.KILLED, False)
        doing = f" while {death['doing']}" if death.get("doing") else ""
        if reason.startswith("timeout"):
            message = f"{tried.what}, ran longer than its timeout_s of {reason.split()[1]} and was killed{doing}."
            return Verdict(WorkTimeoutError(message), State.FAILED, tried.left)
        if death["memory"]:
            return self._out_of_memory(key, tried.what, death)
        losses = tried.lost - self._ran_out.get(key, 0) + 1
        how = "was stopped for too long" if reason == "stopped" else death["exit"]
        exits = self._exits.setdefault(key, [])
        exits.append(how)
        text = (
            f"{tried.what}: its interpreter {how}{doing or ' while it ran'}; it was lost {losses} time(s) ({', '.join(exits)})."
        )
        return Verdict(WorkerDiedError(text + quote(death["tail"])), State.FAILED, losses < max(tried.allowed, LOSSES))

    def _out_of_memory(self, key: int, what: str, death: Mapping[str, Any]) -> Verdict:
        """The system killed the interpreter; items have a few tries of their own for that, since others may use less then."""
        times = self._ran_out[key] = self._ran_out.get(key, 0) + 1
        text = (
            f"{what}: the system killed its interpreter for want of memory while it ran ({times} time(s)); it held "
            f"{death['peak'] / 2**20:,.0f} MiB at most. Give the call less to hold, run fewer at once (cpus, slots), or give "
            "the machine or its control group more memory."
        )
        return Verdict(OutOfMemoryError(text + quote(death["tail"])), State.FAILED, times <= self._memory_retries)


def lost_with_supervisor(started_s: float) -> dict[str, Any]:
    """Returns a death of which nobody is left to say more: the supervisor is gone, too."""
    return {
        "exit": "was lost with its supervisor", "tail": "", "reason": "", "started": started_s, "logged": False,
        "memory": False, "peak": 0,
    }  # fmt: skip


def quoted(job: int, work: int, name: str, attempt: int) -> str:
    """Returns a run of a work item as errors name it; `name` is the job's."""
    return f"work item {job}:{work} ({name}), attempt {attempt}"


def not_ready(interpreter: str, text: str, tail: str, tries: int) -> BootstrapError:
    """Returns the error of all that wait for an interpreter that does not start.

    Args:
        interpreter: Its command.
        text: Why it does not.
        tail: Its last words.
        tries: How often it was tried; 0 where trying again is useless.
    """
    counted = f" ({tries} tries)" if tries else ""
    return BootstrapError(f"{interpreter} could not be made ready{counted}: {text}{quote(tail)}")


def quote(tail: str) -> str:
    """Returns the last lines of a log as they stand at the end of a message."""
    return f"\nThe last lines of its log:\n{tail}" if tail else ""
