"""The work items of one run that are not over: which is next, what an interpreter has in hand, and what each has behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..spool.marks import Marks
from ..spool.package import Package
from .deaths import Tried, quoted

_PIPE_S = 0.005
"""So much work waits in the pipe to the interpreter, by what items took before, that it need not idle for a round trip."""

_PIPE_ITEMS = 64


@dataclass(slots=True)
class Held:
    """An item that an interpreter has in hand; it may wait in the pipe behind others. Seconds are of `time.monotonic`."""

    work: int
    attempt: int
    first_s: float
    """Since when it may run: it was handed over, or the one before it ended."""


class Chunk:
    """What is left of a chunk.

    Args:
        package: The job.
        works: Items without an outcome, in order.
        tries: How often items ran before, and how often of these they were lost.
    """

    def __init__(self, package: Package, works: Iterable[int], tries: Mapping[int, tuple[int, int]]) -> None:
        self.package = package
        self.waiting = deque(works)
        self.held: dict[int, Held] = {}
        """By grants, in the order in which they run."""
        self.tries = dict(tries)
        self.forgiven: Mapping[int, int] = {}
        self.took_s: float | None = None
        """What an item takes, as far as is known."""

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return not self.waiting and not self.held

    def left(self) -> list[int]:
        """Returns what has no outcome."""
        return sorted([*self.waiting, *(held.work for held in self.held.values())])

    def extra(self, work: int) -> Mapping[str, Any]:
        """Returns what differs for one item."""
        return self.package.extras.get(work, {})

    def limit_s(self, work: int) -> float:
        """Returns the limit of an item, 0 for none."""
        limit = self.extra(work).get("timeout_s", self.package.spec["timeout_s"])
        return float(limit or 0.0)

    def allowed(self, work: int) -> int:
        """Returns the attempts of an item."""
        return int(self.extra(work).get("attempts", self.package.spec["attempts"]))

    def room(self) -> int:
        """How many more items may be handed over now."""
        if self.took_s is None or self.took_s >= _PIPE_S:
            return 1 - len(self.held)
        return min(_PIPE_ITEMS, int(_PIPE_S / max(self.took_s, 1e-6))) - len(self.held)

    def bring_forward(self, first: Iterable[int]) -> None:
        """Has items go first among those that wait."""
        waiting = set(self.waiting)
        ahead = [work for work in dict.fromkeys(first) if work in waiting]
        if ahead and list(self.waiting)[: len(ahead)] != ahead:
            self.waiting = deque([*ahead, *(work for work in self.waiting if work not in set(ahead))])

    # --- an item

    def attempt(self, work: int) -> int:
        """Returns which run of an item the next one is, from 1 on."""
        return self.tries.get(work, (0, 0))[0] + 1

    def hand_over(self, grant: int, now: float) -> None:
        """The first one that waits is with the interpreter."""
        work = self.waiting.popleft()
        self.held[grant] = Held(work, self.attempt(work), now)

    def ended(self, grant: int, now: float, took_s: float) -> Held | None:
        """An item came back; None for one that nobody waits for any more."""
        held = self.held.pop(grant, None)
        if held is not None:
            following = next(iter(self.held.values()), None)
            if following is not None:
                following.first_s = now
            known = self.took_s
            self.took_s = took_s if known is None else known + (took_s - known) * (0.5 if took_s > known else 0.1)
        return held

    def back(self, grants: Iterable[int], *, first: bool = True) -> None:
        """Items did not start, or are to run again: they go first."""
        for grant in sorted(grants, reverse=True):
            held = self.held.pop(grant, None)
            if held is not None:
                self.waiting.appendleft(held.work)

    def charge(self, held: Held, *, lost: bool) -> None:
        """Notes a run that does not count as the last."""
        self.tries[held.work] = held.attempt, self.lost(held.work) + lost

    def lost(self, work: int) -> int:
        """Returns how often an item was lost."""
        return self.tries.get(work, (0, 0))[1]

    def again(self, held: Held) -> None:
        """An item is to run once more, before the others."""
        self.waiting.appendleft(held.work)

    def may_fail(self, held: Held) -> bool:
        """Whether a run of an item that failed by itself may be followed by another."""
        return held.attempt - self.lost(held.work) - self.forgiven.get(held.work, 0) < self.allowed(held.work)

    def tried(self, held: Held) -> Tried:
        """Returns what an item has behind it, for the verdict about a death."""
        what = quoted(self.package.job, held.work, self.package.name, held.attempt)
        return Tried(what, self.allowed(held.work), self.lost(held.work), self.may_fail(held))

    # --- marks

    def stopped(self, marks: Marks) -> list[int]:
        """Takes out the items that wait and are not to start; returns them."""
        found = [work for work in self.waiting if marks.stops(work)]
        if found:
            self.waiting = deque(work for work in self.waiting if not marks.stops(work))
        return found

    def drop(self, works: set[int]) -> list[int]:
        """Takes out items that are somebody else's by now; returns the grants of those that are with the interpreter."""
        self.waiting = deque(work for work in self.waiting if work not in works)
        return [grant for grant, held in self.held.items() if held.work in works]
